"""The two secrets that Django and the encrypted columns need.

Imports nothing of Django's: Django's own settings are made from this.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet

from umschlag.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """Signing key and encryption key."""

    secret_key: str
    encryption_key: str


def make_secrets() -> Secrets:
    """Return fresh random ones."""
    return Secrets(
        secret_key=secrets.token_urlsafe(50), encryption_key=Fernet.generate_key().decode()
    )


def resolve_secrets(settings: Settings) -> Secrets:
    """Return the set ones; in demo mode, those made once and kept under `var_dir`.

    Production never comes here without both: `Settings` refuses that.
    """
    fresh = make_secrets()
    return Secrets(
        secret_key=settings.secret_key.get_secret_value()
        or _kept(settings.var_dir / "secret_key", fresh.secret_key),
        encryption_key=settings.encryption_key.get_secret_value()
        or _kept(settings.var_dir / "encryption_key", fresh.encryption_key),
    )


def _kept(path: Path, fresh: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        # O_EXCL, so that only one of several starting processes makes the secret.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="utf-8")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(fresh)
    return fresh
