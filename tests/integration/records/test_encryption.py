import pytest
from cryptography.fernet import Fernet
from django.db import connection

from umschlag.kernel.errors import Misconfigured
from umschlag.storage.records.models import PlentymarketsCredential

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def _a_credential(**values):
    defaults = {"name": "shop", "base_url": "https://shop.example.com", "username": "api"}
    return PlentymarketsCredential.objects.create(**{**defaults, "password": "s3cret", **values})


def _stored_password():
    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM records_plentymarketscredential")
        return cursor.fetchone()[0]


def test_the_database_never_sees_the_password():
    _a_credential(password="grün&geheim")

    assert "geheim" not in _stored_password()
    assert PlentymarketsCredential.objects.get().password == "grün&geheim"


def test_an_empty_token_stays_empty():
    _a_credential(token="")

    assert PlentymarketsCredential.objects.filter(token="").exists()


def test_another_key_says_what_to_do(settings):
    _a_credential()
    settings.UMSCHLAG_ENCRYPTION_KEY = Fernet.generate_key().decode()

    with pytest.raises(Misconfigured, match="set the old key again"):
        PlentymarketsCredential.objects.get()


def test_a_key_that_is_none_says_how_to_get_one(settings):
    settings.UMSCHLAG_ENCRYPTION_KEY = "too-short"

    with pytest.raises(Misconfigured, match="make-secrets"):
        _a_credential()
