"""Staffing over the API."""
