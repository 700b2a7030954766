"""The software that knows which store may list what."""
