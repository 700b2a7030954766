"""What the command line may ask to write; light, since it is filled before Django is loaded."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class OneChange:
    """A list of one, as options give it."""

    sku: str
    asked: Decimal
    place_id: int | None
    based_on: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked for on the command line."""

    kind: str
    file: Path | None
    one: OneChange | None
    reason: str
    send: bool
