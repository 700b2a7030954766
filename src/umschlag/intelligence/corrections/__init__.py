"""Writing back to the ERP: stock corrections and prices, each one looked up again afterwards."""
