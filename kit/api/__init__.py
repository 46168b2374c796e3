"""The API as such: bodies, pages, errors, who may call."""
