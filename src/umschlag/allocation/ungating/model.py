"""Which store may list which ASIN, and who says so."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum


class GateAnswer(StrEnum):
    """May the store list the ASIN? Unknown is never yes."""

    YES = "yes"
    NO = "no"
    INVOICE_NEEDED = "invoice_needed"
    UNKNOWN = "unknown"


class GateSource(IntEnum):
    """Who gave an answer; the lower number outranks the higher."""

    MANUAL = 1
    AMAZON = 2
    SOFTWARE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class GateClaim:
    """One source's answer for one store and ASIN, and when it was given (UTC)."""

    answer: GateAnswer
    source: GateSource
    checked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GateVerdict:
    """The answer that counts, and whether the sources disagree about it."""

    answer: GateAnswer
    is_contradicted: bool


def is_gated(answer: GateAnswer) -> bool:
    """Tell whether the store must not be given the ASIN: everything but a clear yes."""
    return answer is not GateAnswer.YES
