"""Sellerboard's automation links: one report on a secret address."""
