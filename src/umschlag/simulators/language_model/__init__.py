"""An OpenAI-compatible text model, deterministic."""
