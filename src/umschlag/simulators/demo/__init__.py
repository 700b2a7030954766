"""The demo merchant and agency that all simulators serve: one coherent, deterministic world."""
