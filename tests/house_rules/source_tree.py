"""What the house rules look at: our own files, read once."""

import ast
from functools import cache
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGE = CHECKOUT / "src" / "umschlag"
MIGRATIONS = PACKAGE / "storage" / "records" / "migrations"


def modules(*roots: str) -> list[Path]:
    """Return our Python files below the roots (default: the package), migrations left out."""
    found = [
        path for root in roots or ("src/umschlag",) for path in (CHECKOUT / root).rglob("*.py")
    ]
    return sorted(path for path in found if MIGRATIONS not in path.parents)


def name_of(path: Path) -> str:
    """Return the path as a person would write it."""
    return path.relative_to(CHECKOUT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    """Return the parsed module."""
    return ast.parse(path.read_text(encoding="utf-8"))
