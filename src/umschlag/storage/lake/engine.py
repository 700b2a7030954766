"""What answers questions: an engine is handed a query, its parameters and the rows it may see."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

import pyarrow as pa

from umschlag.kernel.errors import UmschlagError
from umschlag.kernel.progress import Progress, untold
from umschlag.storage.lake.files import Files
from umschlag.storage.lake.questions import Question
from umschlag.storage.lake.sources import Source


class EngineUnavailable(UmschlagError):
    """The engine that is set cannot be reached or is not installed; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question with all that it needs to be answered."""

    question: Question
    parameters: Mapping[str, object]
    sources: Mapping[str, Source]
    """The tables it can name, by name, in an order in which views follow what they stand on."""
    files: Files


class Engine(Protocol):
    """Answers a question from exactly the rows it is handed. Safe for several threads."""

    reads_spans: ClassVar[bool]
    """Whether it is handed the months' files of spans; otherwise spans are made from days."""

    def run(self, asked: Asked) -> pa.Table:
        """Return the answer: dates as date32, counts and sums of integers as int64.

        Raises:
            BadInput: the query is wrong or a parameter does not fit it.
            EngineUnavailable: the engine cannot be reached.
        """

    def follow(
        self,
        files: Files,
        *,
        published: Mapping[str, Collection[str]] | None = None,
        progress: Progress = untold,
    ) -> int:
        """Take over what was published and return how many units were copied.

        `published` names the units by data set; None: whatever it lacks. An engine that reads the
        files themselves has nothing to do.

        Raises:
            EngineUnavailable: the engine cannot be reached; it will catch up later.
        """

    def behind(self) -> Mapping[str, Collection[str]]:
        """Return the units by data set that it has yet to take over.

        Raises:
            EngineUnavailable: the engine cannot be reached.
        """


class ReadsFiles:
    """What the engines share that keep no rows of their own and read the lake's files."""

    __slots__ = ()
    reads_spans: ClassVar[bool] = True

    def follow(
        self,
        files: Files,
        *,
        published: Mapping[str, Collection[str]] | None = None,
        progress: Progress = untold,
    ) -> int:
        """Do nothing: a published file is all it needs."""
        del files, published, progress
        return 0

    def behind(self) -> Mapping[str, Collection[str]]:
        """Return nothing: it never lags."""
        return {}
