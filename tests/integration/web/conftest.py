"""Who looks at the pages and asks the API; a log-in costs little here.

What a password hash is worth, Django's own tests show.
"""

import pytest
from django.test import Client

from builders import web as build


@pytest.fixture(autouse=True)
def _cheap_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def browser(client):
    """An administrator's browser."""
    client.force_login(build.a_superuser())
    return client


@pytest.fixture
def api():
    """A program with an administrator's token."""
    token = build.a_token(build.a_superuser())
    return Client(headers={"authorization": f"Bearer {token}"})
