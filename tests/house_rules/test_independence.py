"""A user has only the repository: nothing in it needs what lies beside it."""

import re
import tomllib

from house_rules.source_tree import CHECKOUT, PACKAGE, modules, name_of

# Distributions whose import name differs from their own.
IMPORT_NAMES = {
    "dj-database-url": "dj_database_url",
    "django-import-export": "import_export",
    "django-ninja": "ninja",
    "django-unfold": "unfold",
    "google-auth": "google",
    "psycopg": "psycopg",
    "pydantic-settings": "pydantic_settings",
}
# Used without being imported: by another package, the shell or the operating system's place.
USED_BY_NAME = {
    "fastexcel": "polars reads Excel files through it",
    "gunicorn": "started as a process",
    "openpyxl": "tablib writes Excel files through it",
    "psycopg": "Django's PostgreSQL backend imports it",
    "tzdata": "zoneinfo reads it where the system has no time zones",
}


def test_the_product_never_reaches_outside_the_checkout():
    reaching = [name_of(path) for path in modules() if "../shared" in path.read_text()]

    assert not reaching


def test_every_dependency_is_used():
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    source = "\n".join(path.read_text(encoding="utf-8") for path in modules())
    names = [re.split(r"[\[>=<]", requirement)[0] for requirement in project["dependencies"]]

    unused = [
        name
        for name in names
        if name not in USED_BY_NAME and not _is_imported(IMPORT_NAMES.get(name, name), source)
    ]

    assert not unused


def _is_imported(module, source):
    # Django's apps are named in its settings and never imported by name.
    return re.search(rf'^\s*(import|from) {module}\b|"{module}[".]', source, re.MULTILINE)


def test_every_package_folder_says_what_it_is():
    silent = [
        name_of(folder)
        for folder in sorted(path.parent for path in PACKAGE.rglob("__init__.py"))
        if folder.name != "migrations"
        and not (folder / "__init__.py").read_text(encoding="utf-8").startswith('"""')
    ]

    assert not silent
