"""The ASINs we bought, as the planner sees them."""
