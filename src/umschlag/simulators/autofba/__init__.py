"""A stand-in for the AutoFBA panel."""
