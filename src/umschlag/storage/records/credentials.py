"""The Plentymarkets login on record, and the session token kept beside it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from umschlag.kernel.errors import Misconfigured
from umschlag.storage.records.models import PlentymarketsCredential

_SAFETY = timedelta(minutes=5)
"""A token that ends sooner is not started with."""


def plentymarkets_credential(base_url: str = "") -> PlentymarketsCredential:
    """Return the login of that system, or the only one on record where no address is given.

    Raises:
        Misconfigured: there is none, or several and none of that address.
    """
    found = list(PlentymarketsCredential.objects.all())
    matching = [one for one in found if one.base_url.rstrip("/") == base_url.rstrip("/")]
    if matching:
        return matching[0]
    if len(found) == 1 and not base_url:
        return found[0]
    where = f" for {base_url}" if base_url else ""
    raise Misconfigured(
        f"there is no Plentymarkets login{where}: add one in the back office under "
        "Plentymarkets logins, with the address of UMSCHLAG_PLENTYMARKETS_URL"
    )


def ensure_credential(
    *, name: str, base_url: str, username: str, password: str, plenty_id: int
) -> PlentymarketsCredential:
    """Return the login of that name, made or brought to these values where they differ."""
    credential = PlentymarketsCredential.objects.filter(name=name).first()
    credential = credential or PlentymarketsCredential(name=name)
    wanted = {
        "base_url": base_url,
        "username": username,
        "password": password,
        "plenty_id": plenty_id,
    }
    if any(getattr(credential, field) != value for field, value in wanted.items()):
        for field, value in wanted.items():
            setattr(credential, field, value)
        # Forgotten, because another system's or user's token is of no use.
        credential.token = ""
        credential.save()
    return credential


@dataclass(frozen=True, slots=True)
class TokenOnRecord:
    """Keeps the token, encrypted, so that a program that died does not leave a session behind."""

    credential_id: int
    _thread_id: int = field(default_factory=threading.get_ident)

    def load(self) -> str:
        """Return the kept token; "" where there is none that is still good."""
        with self._connected():
            credential = PlentymarketsCredential.objects.get(pk=self.credential_id)
        ends_at = credential.token_expires_at
        if ends_at is None or ends_at - _SAFETY <= timezone.now():
            return ""
        return credential.token

    def save(self, token: str, expires_at: datetime) -> None:
        """Keep the token."""
        self._write(token, expires_at)

    def forget(self) -> None:
        """Keep none."""
        self._write("", None)

    def _write(self, token: str, expires_at: datetime | None) -> None:
        with self._connected():
            PlentymarketsCredential.objects.filter(pk=self.credential_id).update(
                token=token, token_expires_at=expires_at
            )

    @contextmanager
    def _connected(self) -> Iterator[None]:
        """Close a reading thread's own connection again: nobody else would."""
        try:
            yield
        finally:
            if threading.get_ident() != self._thread_id:
                connection.close()
