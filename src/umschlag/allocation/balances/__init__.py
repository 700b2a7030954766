"""What each client can spend: mirror of the panel, plus our holds."""
