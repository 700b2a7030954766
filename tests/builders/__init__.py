"""Builders give defaults: a test names only what it is about. One module a room."""
