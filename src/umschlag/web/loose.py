"""A name for what Django and its libraries leave untyped in the methods we override."""

from typing import Any, TypeAlias

Loose: TypeAlias = Any
"""Any value: Django hands it over, and its stubs do not say what it is."""
