"""A text column that is encrypted at rest."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings as django_settings
from django.db import models

from umschlag.kernel.errors import Misconfigured


@lru_cache(maxsize=4)
def _cipher(key: str) -> Fernet:
    try:
        return Fernet(key)
    except ValueError:
        raise Misconfigured(
            "UMSCHLAG_ENCRYPTION_KEY is no Fernet key; `umschlag doctor --make-secrets` prints one"
        ) from None


if TYPE_CHECKING:
    _Text = models.TextField[str, str]
else:
    # Django's fields take type arguments in the stubs alone.
    _Text = models.TextField


class EncryptedTextField(_Text):
    """Text that the database sees only encrypted (Fernet: AES-128-CBC with HMAC-SHA256)."""

    def get_prep_value(self, value: Any) -> str:  # noqa: ANN401 - Django's signature
        """Encrypt on the way in; the empty text stays empty, so that "not set" can be asked."""
        if not value:
            return ""
        key: str = django_settings.UMSCHLAG_ENCRYPTION_KEY
        return _cipher(key).encrypt(str(value).encode()).decode()

    def from_db_value(self, value: str | None, *_: object) -> str:
        """Decrypt on the way out.

        Raises:
            Misconfigured: the key is not the one it was encrypted with.
        """
        if not value:
            return ""
        key: str = django_settings.UMSCHLAG_ENCRYPTION_KEY
        try:
            return _cipher(key).decrypt(value.encode()).decode()
        except InvalidToken:
            raise Misconfigured(
                "a stored credential was encrypted with another UMSCHLAG_ENCRYPTION_KEY; "
                "set the old key again or enter the credential anew"
            ) from None
