"""What clients ordered before it arrived."""
