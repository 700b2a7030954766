"""Price bounds for the repricer."""
