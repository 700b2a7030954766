"""What the buying sheet says of an ASIN, and what that means for the units left."""

from dataclasses import dataclass
from datetime import date

from umschlag.kernel.identifiers import Asin
from umschlag.kernel.measures import Dimensions
from umschlag.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """One usable row of the sheet. None: the sheet says nothing, so what we know stays."""

    row: int
    asin: Asin
    title: str | None
    brand: str | None
    weight_g: int | None
    dimensions: Dimensions | None
    unit_cost: Money
    bought_units: int
    remaining_units: int
    case_pack_units: int | None
    added_date: date | None
    shipping_price_min: Money | None
    shipping_price_max: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsLeft:
    """Units left after a sheet was read; `overdrawn_units` were taken by both sides.

    `uncounted_units` were booked in here and are not among the sheet's yet; `recounted_units`
    it began to count just now. `is_contradicted` where it has more of these left than bought.
    """

    remaining_units: int
    overdrawn_units: int
    uncounted_units: int = 0
    recounted_units: int = 0
    is_contradicted: bool = False


def units_left(
    *,
    ours_units: int,
    sheet_before_units: int | None,
    sheet_now_units: int,
    bought_units: int,
    bought_before_units: int | None = None,
    booked_in_units: int = 0,
) -> UnitsLeft:
    """Return what is left of an ASIN when the sheet speaks again.

    Confirmed carts have taken units that the sheet still counts, so only the sheet's change since
    it last spoke is applied. Where it never spoke before, the smaller number is believed.
    `booked_in_units` arrived here before the sheet knew of them: units that it then has more are
    taken for these, because counted twice they would be given away twice. It counts what arrives
    as bought (`bought_before_units` when it last spoke, where that is known); of what is left, what
    was sold in the same interval is off already. Where more is left than bought, the larger rise
    is taken for them, which leaves the smaller stock.
    """
    is_contradicted = False
    if sheet_before_units is None:
        recounted_units = booked_in_units
        wanted = min(ours_units, sheet_now_units)
    else:
        left_rise = min(max(sheet_now_units - sheet_before_units, 0), booked_in_units)
        recounted_units = left_rise
        if bought_before_units is not None:
            bought_rise = min(max(bought_units - bought_before_units, 0), booked_in_units)
            recounted_units = max(left_rise, bought_rise)
            is_contradicted = left_rise > bought_rise
        wanted = ours_units + sheet_now_units - sheet_before_units - recounted_units
    uncounted_units = booked_in_units - recounted_units
    return UnitsLeft(
        remaining_units=min(max(wanted, 0), bought_units + uncounted_units),
        overdrawn_units=max(-wanted, 0),
        uncounted_units=uncounted_units,
        recounted_units=recounted_units,
        is_contradicted=is_contradicted,
    )
