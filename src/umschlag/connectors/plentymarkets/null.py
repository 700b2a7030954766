"""Answers from memory in place of a Plentymarkets system, for work without one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from umschlag.kernel.errors import UnexpectedAnswer


@dataclass(slots=True)
class RecordedAnswers:
    """Answers reads from given rows: a list is paged as the real system pages it.

    `rows` maps a path to its rows; a path that is not in it is answered as unknown.
    """

    rows: Mapping[str, list[Any]]
    page_size_max: int = 250
    calls_used: int = 0
    retries: int = 0
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    def read(self, path: str, params: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 - as the real answers
        """Return one page of the path's rows in the standard envelope.

        Raises:
            UnexpectedAnswer: nothing is recorded for the path.
        """
        given = params or {}
        self.calls_used += 1
        self.asked.append((path, dict(given)))
        if path not in self.rows:
            raise UnexpectedAnswer(f"nothing is recorded for {path}")
        rows = self.rows[path]
        size = min(int(given.get("itemsPerPage", 50)), self.page_size_max)
        last = max(1, -(-len(rows) // size))
        page = min(int(given.get("page", 1)), last)
        return {
            "page": page,
            "totalsCount": len(rows),
            "isLastPage": page == last,
            "lastPageNumber": last,
            "itemsPerPage": size,
            "entries": rows[(page - 1) * size : page * size],
        }
