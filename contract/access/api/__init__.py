"""Signing in and out over the API."""
