"""ASINs as the buying sheet tells them."""

import hashlib
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date

from umschlag.allocation.catalog.buying_sheet import SheetRow, units_left
from umschlag.storage.records.agency.landing import Landing
from umschlag.storage.records.locking import locked
from umschlag.storage.records.models import CatalogAsin

SOURCE = "buying sheet"
_WRITTEN_FIELDS = (
    *("title", "brand", "weight_g", "length_mm", "width_mm", "height_mm", "unit_cost_minor"),
    *("currency", "bought_units", "remaining_units", "case_pack_units", "added_date"),
    *("shipping_price_minor_min", "shipping_price_minor_max", "sheet_remaining_units"),
    *("source_row_hash", "booked_in_units", "sheet_bought_units"),
)


def keep_sheet_rows(
    rows: Sequence[SheetRow], *, named_asins: AbstractSet[str], seen_date: date
) -> Landing:
    """Create and update ASINs so that they say what the sheet says now.

    A row that did not change since it was last read changes nothing, also not what people
    entered here. `named_asins` are all that the sheet names, usable or not: an ASIN that came
    from the sheet and is no longer among them is kept and remarked on. `seen_date` is the date
    added of a new row that has none.
    """
    landing = Landing()
    known = {record.asin: record for record in locked(CatalogAsin.objects.order_by("pk"))}
    created, updated = [], []
    for row in rows:
        digest = hashlib.sha256(repr(replace(row, row=0)).encode()).hexdigest()
        record = known.get(row.asin)
        if record is None:
            record = CatalogAsin(asin=row.asin, added_date=row.added_date or seen_date)
            created.append(record)
            record.remaining_units = row.remaining_units
        elif record.source_row_hash == digest:
            continue
        else:
            updated.append(record)
        _apply(record, row, landing)
        record.source_row_hash = digest
    CatalogAsin.objects.bulk_create(created, batch_size=200)
    CatalogAsin.objects.bulk_update(updated, _WRITTEN_FIELDS, batch_size=100)
    landing.created_count, landing.updated_count = len(created), len(updated)
    for record in known.values():
        if record.source_row_hash and record.asin not in named_asins:
            landing.remark(
                f"{SOURCE}, {record.asin}",
                "is no longer in the sheet; it was kept here with"
                f" {record.remaining_units} units left",
            )
    return landing


def _apply(record: CatalogAsin, row: SheetRow, landing: Landing) -> None:
    place = f"{SOURCE}, row {row.row}"
    left = units_left(
        ours_units=record.remaining_units,
        sheet_before_units=record.sheet_remaining_units,
        sheet_now_units=row.remaining_units,
        bought_units=row.bought_units,
        bought_before_units=record.sheet_bought_units,
        booked_in_units=record.booked_in_units,
    )
    if left.overdrawn_units:
        landing.remark(
            place,
            f"{row.asin}: carts and sheet together took {left.overdrawn_units} units more than"
            " there were; nothing is left to allocate; count them",
        )
    if left.recounted_units:
        landing.remark(
            place,
            f"{row.asin}: the sheet has {left.recounted_units} units more, which were booked in"
            " here as an arrival before; they were not added again; if they are further goods,"
            " correct the units left",
        )
    if left.is_contradicted:
        landing.remark(
            place,
            f"{row.asin}: of these units more are left in the sheet than were bought there; the"
            " smaller stock was believed; count them",
        )
    record.booked_in_units = left.uncounted_units
    record.remaining_units = left.remaining_units
    # What was booked in here may be more than the sheet knows of.
    record.bought_units = max(row.bought_units, left.remaining_units)
    record.sheet_bought_units = row.bought_units
    record.sheet_remaining_units = row.remaining_units
    record.unit_cost_minor = row.unit_cost.minor
    record.currency = row.unit_cost.currency
    prices_before = record.shipping_price_minor_min, record.shipping_price_minor_max
    _apply_told(record, row)
    if _has_prices_reversed(record):
        # One price from the sheet and one from before: the records hold no reversed pair.
        record.shipping_price_minor_min, record.shipping_price_minor_max = prices_before
        landing.remark(
            place,
            f"{row.asin}: with the price known before, the least shipping price would be above"
            " the highest; both were left as they were; enter both in the sheet",
        )
    missing = _missing_measures(record)
    if missing:
        landing.remark(
            place, f"{row.asin}: {missing} unknown; it cannot go on a pallet until it is entered"
        )


def _apply_told(record: CatalogAsin, row: SheetRow) -> None:
    """Take over the cells that say something; an empty cell erases nothing."""
    told = {
        "title": row.title,
        "brand": row.brand,
        "weight_g": row.weight_g,
        "length_mm": row.dimensions.length_mm if row.dimensions else None,
        "width_mm": row.dimensions.width_mm if row.dimensions else None,
        "height_mm": row.dimensions.height_mm if row.dimensions else None,
        "case_pack_units": row.case_pack_units,
        "added_date": row.added_date,
        "shipping_price_minor_min": _minor(row.shipping_price_min),
        "shipping_price_minor_max": _minor(row.shipping_price_max),
    }
    for name, value in told.items():
        if value is not None:
            setattr(record, name, value)


def _has_prices_reversed(record: CatalogAsin) -> bool:
    least, highest = record.shipping_price_minor_min, record.shipping_price_minor_max
    return least is not None and highest is not None and least > highest


def _minor(price: object) -> int | None:
    return getattr(price, "minor", None)


def _missing_measures(record: CatalogAsin) -> str:
    missing = []
    if record.weight_g is None:
        missing.append("weight")
    if None in (record.length_mm, record.width_mm, record.height_mm):
        missing.append("dimensions")
    if None in (record.shipping_price_minor_min, record.shipping_price_minor_max):
        missing.append("shipping prices")
    return " and ".join(missing)
