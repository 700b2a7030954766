"""What we have, how fast it moves, what comes next."""
