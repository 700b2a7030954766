"""What will sell, when the stock runs out, what to order."""
