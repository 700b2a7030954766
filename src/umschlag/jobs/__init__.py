"""Scheduled acts, management commands and the command line."""
