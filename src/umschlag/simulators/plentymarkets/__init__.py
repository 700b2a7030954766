"""A Plentymarkets (PlentyONE) REST server that serves the demo merchant, faults included."""
