"""The orders a list of verdicts can have; the command line knows them without the records."""

from typing import Literal

MovementSort = Literal[
    "dead",
    "unsold",
    "value",
    "lost",
    "margin",
    "turnover",
    "slowest",
    "supply",
    "sell-through",
    "sold",
    "idle",
    "age",
    "sku",
]
