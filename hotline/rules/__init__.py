"""What the figures of the service say, as pure functions: no clock, no database."""
