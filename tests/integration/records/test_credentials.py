from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from umschlag.kernel.errors import Misconfigured
from umschlag.storage.records.credentials import (
    TokenOnRecord,
    ensure_credential,
    plentymarkets_credential,
)
from umschlag.storage.records.models import PlentymarketsCredential

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LATER = datetime.now(UTC) + timedelta(hours=20)


def a_credential(name="Main", base_url="https://a.test", **values):
    return ensure_credential(
        name=name,
        base_url=base_url,
        **{"username": "anna", "password": "secret", "plenty_id": 1} | values,
    )


def test_the_login_of_an_address_is_found_whatever_its_last_slash():
    first, _ = a_credential(), a_credential("Other", "https://b.test")

    assert plentymarkets_credential("https://a.test/").pk == first.pk


def test_the_only_login_needs_no_address():
    only = a_credential()

    assert plentymarkets_credential("").pk == only.pk


@pytest.mark.parametrize("names", [(), ("A", "B")])
def test_without_a_login_or_with_several_the_cure_is_named(names):
    for name in names:
        a_credential(name, f"https://{name}.test")

    with pytest.raises(Misconfigured, match="back office"):
        plentymarkets_credential("")


def test_an_unknown_address_is_named():
    a_credential()

    with pytest.raises(Misconfigured, match=r"c\.test"):
        plentymarkets_credential("https://c.test")


def test_the_token_is_kept_encrypted_and_comes_back():
    keeper = TokenOnRecord(a_credential().pk)

    keeper.save("token-in-clear", LATER)

    assert keeper.load() == "token-in-clear"
    with connection.cursor() as cursor:
        cursor.execute("select token, password from records_plentymarketscredential")
        assert not any("clear" in text or "secret" in text for text in cursor.fetchone())


def test_a_token_that_is_about_to_end_is_not_used():
    keeper = TokenOnRecord(a_credential().pk)

    keeper.save("token", datetime.now(UTC) + timedelta(minutes=1))

    assert keeper.load() == ""


def test_a_forgotten_token_is_gone():
    keeper = TokenOnRecord(a_credential().pk)
    keeper.save("token", LATER)

    keeper.forget()

    assert keeper.load() == ""


def test_another_password_drops_the_token():
    keeper = TokenOnRecord(a_credential().pk)
    keeper.save("token", LATER)

    a_credential(password="new")

    assert keeper.load() == ""
    assert PlentymarketsCredential.objects.get().password == "new"


@pytest.mark.django_db(transaction=True)
def test_a_reading_thread_may_renew_the_token():
    keeper = TokenOnRecord(a_credential().pk)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(keeper.save, "renewed", LATER).result()

    assert keeper.load() == "renewed"
