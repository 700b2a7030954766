"""The lake: the columnar history, and the only place where a question to it is run."""
