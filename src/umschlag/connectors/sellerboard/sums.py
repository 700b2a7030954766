"""Adds a report's columns up to sales, advertising, fees, goods, VAT and profit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from umschlag.connectors.sellerboard.columns import (
    ADS_PARTS,
    ADS_TOTAL,
    MONEY_PARTS,
    NET_PROFIT,
    Part,
    is_uncertain,
    part_of,
    uncertain_part,
)

ROUNDING_MINOR = 10
"""Sellerboard rounds every column by itself; forty columns rarely differ by more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One number of a row: as money in minor units and, where it is whole, as a count."""

    minor: int
    count: int | None


@dataclass(slots=True, kw_only=True)
class Sums:
    """One row added up; costs are negative."""

    units: int
    refunds: int
    by_part: dict[Part, int]
    told_net_profit_minor: int | None
    uncertain: dict[str, int] = field(default_factory=dict)

    @property
    def sales_minor(self) -> int:
        """Gross sales."""
        return self.by_part[Part.SALES]

    @property
    def ads_minor(self) -> int:
        """Advertising."""
        return self.by_part[Part.ADS]

    @property
    def fees_minor(self) -> int:
        """Fees, promotions, gift wrap, shipping, expenses."""
        return self.by_part[Part.FEES]

    @property
    def refund_cost_minor(self) -> int:
        """Refunds, net of what came back."""
        return self.by_part[Part.REFUND_COST]

    @property
    def cost_of_goods_minor(self) -> int:
        """Cost of what was sold."""
        return self.by_part[Part.COST_OF_GOODS]

    @property
    def vat_minor(self) -> int:
        """VAT on sales."""
        return self.by_part[Part.VAT]

    @property
    def added_minor(self) -> int:
        """All parts together."""
        return sum(self.by_part.values())

    @property
    def net_profit_minor(self) -> int:
        """Sellerboard's net profit, or the sum where it told none."""
        told = self.told_net_profit_minor
        return self.added_minor if told is None else told


def summed(rows: Sequence[Mapping[str, Cell]]) -> tuple[list[Sums], list[str]]:
    """Return each row's sums, and notes on what could not be told for certain.

    A column that we do not know counts where it brings the sums closer to the net profit that
    Sellerboard itself states; the notes name it either way.
    """
    sums = [_certain(row) for row in rows]
    notes = []
    for name in sorted({name for total in sums for name in total.uncertain}):
        counts = _closes_the_gap(sums, name)
        if counts:
            part = uncertain_part(name)
            for total in sums:
                total.by_part[part] += total.uncertain.get(name, 0)
        if uncertain_part(name) is Part.FEES:
            how = "counted as a fee" if counts else "not counted"
            notes.append(f"the column {name!r} is new to us and was {how}")
    apart = sum(_gap(total) > ROUNDING_MINOR for total in sums)
    if apart:
        notes.append(f"{apart} of {len(sums)} rows do not add up to Sellerboard's net profit")
    return sums, notes


def _certain(row: Mapping[str, Cell]) -> Sums:
    parts = dict.fromkeys(MONEY_PARTS, 0)
    counts = {Part.UNITS: 0, Part.REFUNDS: 0}
    uncertain: dict[str, int] = {}
    ads_by_part = 0
    for name, cell in row.items():
        part = part_of(name)
        if part in counts:
            counts[part] += cell.count or 0
        elif part is not None:
            parts[part] += cell.minor
        elif name in ADS_PARTS:
            ads_by_part += cell.minor
        elif is_uncertain(name):
            uncertain[name] = cell.minor
    parts[Part.ADS] = row[ADS_TOTAL].minor if ADS_TOTAL in row else ads_by_part
    told = row.get(NET_PROFIT)
    return Sums(
        units=counts[Part.UNITS],
        refunds=counts[Part.REFUNDS],
        by_part=parts,
        told_net_profit_minor=told.minor if told else None,
        uncertain=uncertain,
    )


def _closes_the_gap(sums: Sequence[Sums], name: str) -> bool:
    """Tell whether counting the column brings the sums closer to the stated net profit."""
    without = sum(_gap(total) for total in sums if name in total.uncertain)
    counted = sum(
        _gap(total, further=total.uncertain[name]) for total in sums if name in total.uncertain
    )
    return counted < without


def _gap(total: Sums, *, further: int = 0) -> int:
    told = total.told_net_profit_minor
    return 0 if told is None else abs(total.added_minor + further - told)
