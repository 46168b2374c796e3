"""Errors that services raise and that views translate into answers."""


class Conflict(Exception):
    """Somebody else was first: the sentence says who, when and what to do. Answered with 409."""
