"""How the simulated Plentymarkets answers: bodies, pages, and the questions asked of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from umschlag.simulators.demo.calendar import ZONE

JSON = "application/json"
_encode = msgspec.json.encode


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back over the wire."""

    body: bytes
    status: int = 200
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    is_cut: bool = False
    """Whether the connection closes after half the body."""

    @classmethod
    def of(cls, value: object, *, status: int = 200) -> "Answer":
        """Return the value as JSON."""
        return cls(_encode(value), status)

    @classmethod
    def refusal(cls, status: int, message: str) -> "Answer":
        """Return an error in the usual envelope."""
        return cls.of({"error": {"code": status, "message": message}}, status=status)


class BadQuery(Exception):
    """The question cannot be answered; carries what the real system says."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.body.decode())
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Question:
    """One call: its path's variables, its query and its body."""

    path: str
    query: dict[str, list[str]]
    variables: dict[str, str] = field(default_factory=dict)
    body: Any = None

    def text(self, name: str) -> str | None:
        """Return the value of a query argument, or None."""
        values = self.query.get(name)
        return values[-1] if values else None

    def number(self, name: str, default: int) -> int:
        """Return a query argument as a number; nonsense counts as absent, as in PHP."""
        text = self.text(name) or ""
        return int(text) if text.lstrip("-").isdigit() else default

    def values(self, name: str) -> list[str]:
        """Return a list given as `name=a,b`, `name[]=a` or both."""
        given = self.query.get(name, []) + self.query.get(f"{name}[]", [])
        return [part.strip() for text in given for part in text.split(",") if part.strip()]

    def numbers(self, name: str) -> list[int]:
        """Return a list of ids; nonsense in it is left out."""
        return [int(text) for text in self.values(name) if text.isdigit()]

    def instant(self, name: str) -> int | None:
        """Return a W3C instant in unix seconds, or None where the argument is absent."""
        text = self.text(name)
        return None if not text else instant_of(text, name)

    def period(self, name: str) -> tuple[int | None, int | None]:
        """Return the two ends of a `from,to` argument; either may be None."""
        start, _, end = (self.text(name) or "").partition(",")
        return (
            instant_of(start, name) if start else None,
            instant_of(end, name) if end else None,
        )

    @property
    def page(self) -> int:
        """The page asked for, from 1."""
        return max(1, self.number("page", 1))


def instant_of(text: str, name: str) -> int:
    """Return an instant written as W3C, ISO without zone (shop time), a date, or unix seconds.

    Raises:
        BadQuery: it is none of them; a plus sign that was not escaped arrives as a space.
    """
    if text.isdigit():
        return int(text)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        message = f"The {name} does not match the W3C format: {text}"
        raise BadQuery(
            Answer.of(
                {"error": {"message": message}, "validation_errors": {name: [message]}}, status=422
            )
        ) from None
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=ZONE)
    return int(instant.timestamp())


def page_size(question: Question, *, default: int, largest: int) -> int:
    """Return the page size that is used: silently clamped, as the real system does."""
    return min(largest, max(1, question.number("itemsPerPage", default)))


@dataclass(frozen=True, slots=True)
class PageCut:
    """Which rows of how many a page holds."""

    page: int
    size: int
    total: int

    @classmethod
    def of(cls, question: Question, *, size: int, total: int, is_clamping: bool) -> "PageCut":
        """Return the cut that the question asks for, held to the last page where clamping."""
        last = max(1, -(-total // size))
        return cls(min(question.page, last) if is_clamping else question.page, size, total)

    @property
    def start(self) -> int:
        """Index of the first row."""
        return (self.page - 1) * self.size

    @property
    def rows(self) -> slice:
        """The rows as a slice."""
        return slice(self.start, self.start + self.size)

    def enclose(self, entries: Sequence[object]) -> Answer:
        """Return the rows in the standard envelope."""
        last = max(1, -(-self.total // self.size))
        return Answer.of(
            {
                "page": self.page,
                "totalsCount": self.total,
                "isLastPage": self.page >= last,
                "lastPageNumber": last,
                "firstOnPage": self.start + 1 if entries else 0,
                "lastOnPage": self.start + len(entries) if entries else 0,
                "itemsPerPage": self.size,
                "entries": entries,
            }
        )
