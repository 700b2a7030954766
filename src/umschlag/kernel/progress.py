"""How long work tells the person waiting for it how far it is."""

from collections.abc import Callable
from typing import Protocol


class Progress(Protocol):
    """Told how many steps of a piece of work are done; `total` may grow on the way."""

    def __call__(self, done: int, total: int | None, what: str) -> None:
        """Take the news; must return at once and never raise."""


def untold(done: int, total: int | None, what: str) -> None:
    """Drop the news: for work that nobody watches."""


ProgressFor = Callable[[str], Progress]
"""Given a step's title, returns the progress to tell for that step."""
