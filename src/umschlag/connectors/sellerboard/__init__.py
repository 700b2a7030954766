"""Sales and profit facts from report links."""
