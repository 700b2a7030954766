"""The records' migrations match their models."""

import pytest
from django.core.management import call_command


@pytest.mark.django_db
def test_no_migration_is_missing():
    # Exits non-zero, and so raises SystemExit, where a model has changed without its migration.
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
