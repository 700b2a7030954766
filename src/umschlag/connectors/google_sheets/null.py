"""A spreadsheet without a network: it says what was recorded from one."""

import json
from dataclasses import dataclass
from pathlib import Path

from umschlag.kernel.errors import UnexpectedAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedSheets:
    """Cells by range, as the API sends them."""

    ranges: dict[str, list[list[object]]]

    def values(self, sheet_id: str, cell_range: str) -> list[list[object]]:
        """Return the recorded cells; raises `UnexpectedAnswer` for a range never recorded."""
        del sheet_id
        if cell_range not in self.ranges:
            raise UnexpectedAnswer(f"no such range was recorded: {cell_range}")
        return self.ranges[cell_range]


def recorded_sheets(path: Path) -> RecordedSheets:
    """Return the sheets of a recorded `values:batchGet` answer.

    Raises:
        UnexpectedAnswer: the file holds no such answer.
    """
    try:
        blocks = json.loads(path.read_text(encoding="utf-8"))["valueRanges"]
        return RecordedSheets(ranges={block["range"]: block.get("values", []) for block in blocks})
    except (ValueError, KeyError, TypeError) as error:
        raise UnexpectedAnswer(f"{path} holds no recorded batchGet answer ({error!r})") from error
