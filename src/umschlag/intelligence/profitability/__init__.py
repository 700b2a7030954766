"""What an article earns after fees, advertising and cost."""
