"""Adapters to other people's systems, one folder each."""
