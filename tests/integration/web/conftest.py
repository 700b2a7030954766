"""Logging in costs little here: what a password hash is worth, Django's own tests show."""

import pytest


@pytest.fixture(autouse=True)
def _cheap_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
