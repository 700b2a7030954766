"""An OpenAI-compatible model for texts and translations."""
