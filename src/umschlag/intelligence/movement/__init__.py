"""Turnover, days of supply, Penner and Renner, dead stock in money."""
