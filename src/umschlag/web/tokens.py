"""API tokens: random, and kept only as a checksum."""

import hashlib
import secrets


def new_token() -> str:
    """Return a fresh token of 256 random bits, with a mark that scanners for secrets know."""
    return f"um_{secrets.token_urlsafe(32)}"


def checksum_of(token: str) -> str:
    """Return what is kept of the token.

    A plain SHA-256 is enough: nobody can try out 256 random bits.
    """
    return hashlib.sha256(token.encode()).hexdigest()
