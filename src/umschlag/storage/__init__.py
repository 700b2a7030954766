"""Adapters to what we own: records and lake."""
