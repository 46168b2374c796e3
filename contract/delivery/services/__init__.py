"""The only writers of messages to the outside."""
