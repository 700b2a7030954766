"""Who gets which units, and how they travel."""
