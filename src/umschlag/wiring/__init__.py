"""Composition root: settings in, use cases with their ports out."""
