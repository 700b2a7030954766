"""Cartons, tiers and pallets; limits, stability, shipping cost."""
