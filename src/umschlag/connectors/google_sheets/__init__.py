"""The buying portal."""
