"""Worlds that several benchmarks share."""
