"""The records: current state, runs and everything people edit (a Django app)."""
