"""What the address of the Penner/Renner report asks for."""

from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from umschlag.wiring.movement_list import CHOICES, MovementsWanted

SHORT_FILTERS = ("q", "verdict", "missed", "category", "sort")
"""What the page shows at once; all other filters stand behind “more filters”."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAsked:
    """What the reader asked to see, as the address writes it."""

    wanted: MovementsWanted

    @classmethod
    def of(cls, given: Any) -> "ReportAsked":  # noqa: ANN401 - an address' or a form's values
        """Return what the address asks for; words we do not know count as not asked."""
        texts = {name: given.get(name, "").strip() for name in asdict(MovementsWanted())}
        for name, known in CHOICES.items():
            texts[name] = texts[name] if texts[name] in known else ""
        sort = texts.pop("sort") or "dead"
        return cls(wanted=MovementsWanted(**{**texts, "missed": bool(texts["missed"])}, sort=sort))

    @property
    def query(self) -> str:
        """The part of the address that asks for this; what is so anyway is left out."""
        usual = asdict(MovementsWanted())
        asked = asdict(self.wanted)
        return urlencode(
            [
                (name, "1" if value is True else value)
                for name, value in asked.items()
                if value != usual[name]
            ]
        )

    @property
    def is_narrowed_further(self) -> bool:
        """Whether a filter is set that stands behind “more filters”."""
        usual = asdict(MovementsWanted())
        return any(
            value != usual[name]
            for name, value in asdict(self.wanted).items()
            if name not in SHORT_FILTERS
        )
