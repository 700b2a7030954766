"""What each client can spend: a double-entry ledger, chained, beside the panel's book of record."""
