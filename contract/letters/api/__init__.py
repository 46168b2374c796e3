"""Letters over the API: read and acknowledged."""
