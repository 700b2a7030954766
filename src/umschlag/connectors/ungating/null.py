"""The ungating software without a network: it says what it was given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from umschlag.allocation.ungating.software import ToldAnswer
from umschlag.connectors.rows import Parsed
from umschlag.connectors.ungating.parsing import parse_answers
from umschlag.kernel.progress import Progress, untold


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedUngating:
    """Answers recorded as rows of the adapter contract."""

    recorded: Sequence[object]

    def answers(
        self, *, updated_since: datetime | None = None, progress: Progress = untold
    ) -> Parsed[ToldAnswer]:
        """Return the recorded answers that changed since then."""
        parsed = parse_answers(self.recorded)
        progress(parsed.read_count, parsed.read_count, "ungating")
        if updated_since is None:
            return parsed
        rows = tuple(row for row in parsed.rows if row.updated_at >= updated_since)
        return Parsed(rows=rows, problems=parsed.problems)
