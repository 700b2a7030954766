"""The outside systems as faithful HTTP servers on loopback, for demos and tests."""
