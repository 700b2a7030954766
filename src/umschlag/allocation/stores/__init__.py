"""Each client's seller accounts."""
