"""What keeping a list of told rows came to."""

from dataclasses import dataclass, field

from umschlag.kernel.outcomes import Problem


@dataclass(kw_only=True, slots=True)
class Landing:
    """Counts of one list, with the rows that could not be kept and remarks on the others."""

    created_count: int = 0
    updated_count: int = 0
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    def refuse(self, place: str, message: str) -> None:
        """Count a row as one that could not be kept."""
        self.problems.append(Problem(place=place, message=message))

    def remark(self, place: str, message: str) -> None:
        """Remark on a row that was kept, or on one that is missing."""
        self.notes.append(Problem(place=place, message=message))
