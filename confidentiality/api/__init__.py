"""Confidentiality over the API: what the vendor sends and reads.

Services write; this checks forms.
"""
