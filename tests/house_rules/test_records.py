"""The records' migrations match their models, and their tests run on every database."""

import ast

import pytest
from django.core.management import call_command

from house_rules.source_tree import modules, name_of, tree_of


@pytest.mark.django_db
def test_no_migration_is_missing():
    # Exits non-zero, and so raises SystemExit, where a model has changed without its migration.
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_what_runs_on_every_database_lies_where_make_looks_for_it():
    marked = {
        name_of(path)
        for path in modules("tests")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "pytest.mark.database"
    }

    assert marked
    assert {name for name in marked if not name.startswith("tests/integration/")} == set()
