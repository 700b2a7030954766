"""English: day before month in words, and the clock of 24 hours, so that nobody can misread it."""
