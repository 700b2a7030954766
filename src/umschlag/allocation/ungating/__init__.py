"""Which store may list which ASIN."""
