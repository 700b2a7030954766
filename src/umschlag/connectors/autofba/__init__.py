"""The panel that keeps clients, balances and stores."""
