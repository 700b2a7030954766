"""Whether the pages of a list make up the whole of it, though rows moved while they were read.

A row that is deleted from a page already read moves every later row up by one place: the first row
of the next page slips onto the page before, and is missed. Neither a total nor a count of rows need
show it, since the deleted row is still among ours. So two things are held against each other:

- *Which variations came and went*: ids only grow, so the highest id and the total at the start and
  at the end tell how many came, and by that how many were deleted. The delete log names them.
  An ERP that does not sort by id is believed by its totals alone, and that is told.
- *What we have*: without those that were deleted, the rows must be as many as the list has at the
  end. As none of ours is gone and as many exist, ours are exactly those that exist. Or every
  variation that was there at the start has been seen, and those that went are known.

Stock rows come and go with their variations; else they only come, and then the second pass has
read them.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from umschlag.connectors.plentymarkets.listing import (
    SpooledList,
    all_keys,
    different_keys,
    keyless_count,
)
from umschlag.connectors.plentymarkets.spool import KeptPage, Keys

NOTHING: Keys = np.zeros(0, np.int64)


class Probe(msgspec.Struct, frozen=True):
    """How many variations there are at a moment, and the highest id."""

    total: int
    id_max: int | None
    """None where the ERP does not sort by id, or there are no variations."""


class Baseline(msgspec.Struct, frozen=True):
    """What the ERP said before a list was read."""

    probe: Probe
    gone: frozenset[int] | None
    """What the delete log knew already; None where it may not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What the ERP says after a list was read."""

    probe: Probe
    new_ids: Keys
    """Of variations made since the first start."""
    log_ids: Keys | None
    """Of variations deleted since shortly before the first start; None without the right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A list is whole: these rows of it count."""

    expected_count: int
    """As many rows as the ERP says it has, broken ones included."""
    left_out: Keys
    """Variations whose rows do not count: they went, or came, while the list was read."""


def deleted_between(baseline: Baseline, closing: Closing) -> Keys | None:
    """Return the variations deleted since the baseline; None where that cannot be told."""
    before, after = baseline.probe, closing.probe
    if before == after:
        return NOTHING
    if before.id_max is None or after.id_max is None:
        return None
    came = int((closing.new_ids > before.id_max).sum())
    went = before.total + came - after.total
    if went == 0:
        return NOTHING
    if went < 0 or closing.log_ids is None or baseline.gone is None:
        return None
    log = closing.log_ids[closing.log_ids <= before.id_max]
    known = log[~np.isin(log, list(baseline.gone))]
    return known if len(known) >= went else None


def proof_of_variations(
    base: Sequence[KeptPage], more: Sequence[KeptPage], *, baseline: Baseline, closing: Closing
) -> Proof | None:
    """Return why the variations are whole; None where they may not be."""
    ids = different_keys([*base, *more])
    start, end = baseline.probe, closing.probe
    # Made after we had asked how many there are: tomorrow has them.
    late = ids[ids > end.id_max] if end.id_max is not None else NOTHING
    ids = ids[~np.isin(ids, late)]
    deleted = deleted_between(baseline, closing)
    if deleted is None:
        # Somebody's stock is gone with him, and nobody knows whose: 0 units would be made up.
        return None
    keyless = keyless_count(base)
    there = len(ids) - int(np.isin(ids, deleted).sum()) + keyless
    left_out = np.concatenate([deleted, late])
    if there == end.total:
        return Proof(expected_count=end.total, left_out=left_out)
    if start.id_max is None:
        return None
    seen_of_start = int((ids <= start.id_max).sum())
    new = closing.new_ids[closing.new_ids > start.id_max]
    if seen_of_start + keyless == start.total and np.isin(new, ids).all():
        return Proof(expected_count=there, left_out=left_out)
    return None


def proof_of_stock(
    base: Sequence[KeptPage],
    more: Sequence[KeptPage],
    *,
    total: int,
    baseline: Baseline,
    closing: Closing,
) -> Proof | None:
    """Return why the stock rows are whole; None where they may not be."""
    deleted = deleted_between(baseline, closing)
    if deleted is None:
        return None
    totals = [page.total for page in in_turn(base)] + [total]
    # Rows went that no deleted variation explains: what slipped between pages nobody knows.
    if not len(deleted) and any(later < sooner for sooner, later in pairs(totals)):
        return None
    keys = different_keys([*base, *more])
    there = len(keys) - int(np.isin(variations_in(keys), deleted).sum())
    if there + keyless_count(base) != total:
        return None
    return Proof(expected_count=total, left_out=deleted)


def joined(proofs: Sequence[Proof | None]) -> Proof | None:
    """Return the proof of several lists together, each warehouse's stock; None if one lacks.

    Each has to be whole by itself: too many rows of one must not make up for missing ones.
    """
    found = [proof for proof in proofs if proof is not None]
    if len(found) < len(proofs):
        return None
    return Proof(
        expected_count=sum(proof.expected_count for proof in found),
        left_out=np.unique(np.concatenate([NOTHING, *(proof.left_out for proof in found)])),
    )


def stock_key(variation_id: int, warehouse_id: int) -> int:
    """Return one number for a variation in a warehouse."""
    return variation_id << 31 | warehouse_id


def variations_in(stock_keys: Keys) -> Keys:
    """Return the variations that the keys of stock rows are about."""
    return stock_keys >> 31


def in_turn(pages: Sequence[KeptPage]) -> list[KeptPage]:
    """Return the pages in the order they were read."""
    return sorted(pages, key=lambda page: page.turn)


def pairs(values: Sequence[int]) -> list[tuple[int, int]]:
    """Return each value with the one after it."""
    return list(itertools.pairwise(values))


def reread_moved(spooled: SpooledList) -> bool:
    """Read anew the pages that moved since they were read; tell whether any was suspected.

    Rows moved where the total changed between two readings, and where two neighbours share a row.
    From there on, pages are read anew in both directions until one is as it was.
    """
    suspected = _last_before_a_move(spooled.standing())
    for number in sorted(suspected, reverse=True):
        _reread_while_changed(spooled, range(number, 0, -1))
        _reread_while_changed(spooled, range(number + 1, len(spooled.pages) + 1))
    return bool(suspected)


def _last_before_a_move(pages: Sequence[KeptPage]) -> set[int]:
    read = in_turn(pages)
    found = {
        sooner.number for sooner, later in itertools.pairwise(read) if sooner.total != later.total
    }
    for page, following in itertools.pairwise(pages):
        keys = all_keys([page, following])
        keys = keys[keys > 0]
        if len(np.unique(keys)) < len(keys):
            found.add(page.number)
    return found


def _reread_while_changed(spooled: SpooledList, numbers: Sequence[int]) -> None:
    for number in numbers:
        former = spooled.pages.get(number)
        page = spooled.read_page(number)
        if page.number != number:
            return
        if former is not None and np.array_equal(former.keys, page.keys):
            return
