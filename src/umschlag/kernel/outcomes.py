"""What reading another system came to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that could not be used, where it stood, and why; the rest went through."""

    place: str
    message: str

    def __str__(self) -> str:
        """Return it as one line."""
        return f"{self.place}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncOutcome:
    """Counts of one import. `read_count` = created + updated + unchanged + skipped."""

    source: str
    read_count: int
    created_count: int = 0
    updated_count: int = 0
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    """Remarks on rows that went through, and on what is missing from the source."""
    watermark: str = ""

    @property
    def skipped_count(self) -> int:
        """How many rows could not be used."""
        return len(self.problems)
