"""Umschlag: stock intelligence and product allocation over one kernel."""
