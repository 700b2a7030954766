"""A stand-in for the ungating software."""
