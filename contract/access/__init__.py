"""The door: attempts to sign in and their locks, refusals, passwords, sessions, deputies."""
