"""How large the demo world is, and which days it has lived through."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoScale:
    """Sizes of the world. The defaults are those of `make run`; tests use smaller ones."""

    first_date: date
    """The first day with sales. It is kept between starts, so that the past never changes."""
    today: date
    article_count: int = 2_000
    client_count: int = 25
    store_count: int = 40
    sheet_asin_count: int = 300
    preorder_count: int = 12
    seed: int = 20_240_229

    @property
    def day_count(self) -> int:
        """Days lived through, today included."""
        return (self.today - self.first_date).days + 1
