"""Passwords and tokens go in and do not come out."""

import pytest
from django.db import connection
from django.urls import reverse

from builders import web as build
from umschlag.storage.records import models
from umschlag.web.tokens import checksum_of

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def back_office(client):
    client.force_login(build.a_superuser())
    return client


@pytest.fixture
def credential():
    return models.PlentymarketsCredential.objects.create(
        name="Shop",
        base_url="https://shop.example",
        username="api",
        password="s3cret-pass",
        token="old-token",
    )


def entered(**values):
    return {"name": "Shop", "base_url": "https://shop.example", "username": "api"} | values


def change_page(credential):
    return reverse("admin:records_plentymarketscredential_change", args=[credential.pk])


def test_a_stored_password_reaches_no_page(back_office, credential):
    pages = [change_page(credential), reverse("admin:records_plentymarketscredential_changelist")]

    for page in pages:
        content = back_office.get(page).content.decode()
        assert "s3cret-pass" not in content
        assert "old-token" not in content


def test_an_empty_password_keeps_the_stored_one(back_office, credential):
    back_office.post(change_page(credential), entered(password="", plenty_id=7))

    credential.refresh_from_db()
    assert (credential.password, credential.token) == ("s3cret-pass", "old-token")
    assert credential.plenty_id == 7


def test_a_new_password_replaces_the_old_and_drops_its_token(back_office, credential):
    back_office.post(change_page(credential), entered(password="another"))

    credential.refresh_from_db()
    assert (credential.password, credential.token) == ("another", "")


def test_a_new_login_without_a_password_is_refused(back_office):
    answer = back_office.post(
        reverse("admin:records_plentymarketscredential_add"), entered(password="")
    )

    assert "password" in answer.context["adminform"].form.errors
    assert not models.PlentymarketsCredential.objects.exists()


def test_the_history_of_a_login_does_not_tell_its_password(back_office, credential):
    back_office.post(change_page(credential), entered(password="another"))

    page = reverse("admin:records_plentymarketscredential_history", args=[credential.pk])
    assert "another" not in back_office.get(page).content.decode()


def test_the_database_holds_the_password_encrypted(credential):
    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM records_plentymarketscredential")
        stored = cursor.fetchone()[0]

    assert "s3cret-pass" not in stored


def test_a_token_is_shown_once_and_kept_as_a_checksum(back_office):
    user = build.a_user()

    shown = back_office.post(
        reverse("admin:records_apitoken_add"), {"name": "script", "user": user.pk}, follow=True
    ).content.decode()

    record = models.ApiToken.objects.get()
    token = shown.split('<code class="um-token">')[1].split("</code>")[0]
    assert checksum_of(token) == record.token_sha256
    assert (
        token not in back_office.get(reverse("admin:records_apitoken_changelist")).content.decode()
    )


def test_nobody_makes_a_token_in_a_superusers_name(client):
    superuser = build.a_superuser()
    client.force_login(build.a_user(permissions=["records.add_apitoken", "records.view_apitoken"]))

    client.post(reverse("admin:records_apitoken_add"), {"name": "sly", "user": superuser.pk})

    assert not models.ApiToken.objects.exists()
