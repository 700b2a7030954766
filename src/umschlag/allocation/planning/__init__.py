"""Which store gets which units, by which rules, and why."""
