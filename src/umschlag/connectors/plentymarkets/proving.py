"""Whether the pages of a list make up the whole of it, though rows moved while they were read.

A row that is deleted from a page already read moves every later row up by one place: the first row
of the next page slips onto the page before, and is missed. Neither a total nor a count of rows need
show it, since the deleted row is still among ours. So two things are held against each other:

- *Which of ours are gone*: the delete log names them. It is read after every total that rows are
  held against: a variation deleted between the log and the total would be one row too many among
  ours and one too few in the total, and hide one that slipped. Where the log may not be read, only
  a list from which nothing went can be proven: ids only grow, so the highest id, the total and the
  ids that came tell how many went, provided that nothing moved while those were asked for.
- *What we have*: without those that are gone, each of our rows exists. If they are as many as the
  list has, ours are exactly those that exist. Or every variation that was there at the start has
  been seen, and those that went are known.

Stock rows come and go with their variations; else they only come, and then the second pass has
read them. An ERP that does not sort by id is believed by its totals alone, and that is told.
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
    """Before the stock was read to its end: what was made later has no stock among ours."""
    last_probe: Probe
    """After everything else but the delete log."""
    new_ids: Keys
    """Of variations made since the first start, up to the first of the two."""
    are_new_whole: bool
    """Whether nothing moved under their pages."""
    log_ids: Keys | None
    """Of variations deleted since shortly before the first start; None without the right."""

    @property
    def is_steady(self) -> bool:
        """Whether nothing moved meanwhile but what came and went at once."""
        return self.probe == self.last_probe and self.are_new_whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A list is whole: these rows of it count."""

    expected_count: int
    """As many rows as the ERP says it has, broken ones included."""
    left_out: Keys
    """Variations whose rows do not count: they went, or came, while the list was read."""


def gone_since(baseline: Baseline, closing: Closing, *, seen: Keys) -> Keys | None:
    """Return the variations that are there no more; None where that cannot be told.

    Of those that came after the baseline without being in the log, only ones that were `seen`.
    """
    went = _went_at_least(baseline.probe, closing)
    if went is None:
        return None
    if closing.log_ids is None or baseline.gone is None:
        return _stray(baseline, closing, seen=seen) if not went and closing.is_steady else None
    known = closing.log_ids[~np.isin(closing.log_ids, list(baseline.gone))]
    # Those that came and went are in the log as well, and no reason why the total fell.
    top = baseline.probe.id_max
    of_start = len(known) if top is None else int((known <= top).sum())
    return known if of_start >= went else None


def _went_at_least(before: Probe, closing: Closing) -> int | None:
    """Return how many of the variations before must have gone; None where that cannot be told.

    It is exact where the closing is steady.
    """
    probes = (closing.probe, closing.last_probe)
    if all(probe == before for probe in probes):
        return 0
    if before.id_max is None or any(probe.id_max is None for probe in probes):
        return None
    came = int((closing.new_ids > before.id_max).sum())
    return before.total + came - min(probe.total for probe in probes)


def _stray(baseline: Baseline, closing: Closing, *, seen: Keys) -> Keys:
    """Return those seen that came after the baseline and are not there at the end."""
    if baseline.probe.id_max is None:
        return NOTHING
    came = seen[seen > baseline.probe.id_max]
    return came[~np.isin(came, closing.new_ids)]


def proof_of_variations(
    base: Sequence[KeptPage], more: Sequence[KeptPage], *, baseline: Baseline, closing: Closing
) -> Proof | None:
    """Return why the variations are whole; None where they may not be."""
    seen = different_keys([*base, *more])
    start, end = baseline.probe, closing.probe
    gone = gone_since(baseline, closing, seen=seen)
    if gone is None:
        # Its stock is gone with him, and nobody knows whose: 0 units would be made up.
        return None
    # Made after we had asked how many there are: tomorrow has them.
    late = seen[seen > end.id_max] if end.id_max is not None else NOTHING
    left_out = np.concatenate([gone, late])
    there = int((~np.isin(seen, left_out)).sum()) + keyless_count(base)
    proof = Proof(expected_count=there, left_out=left_out)
    if there == end.total:
        return proof
    if start.id_max is None:
        return None
    seen_of_start = int((seen <= start.id_max).sum()) + keyless_count(base)
    return proof if seen_of_start == start.total else None


def proof_of_stock(
    base: Sequence[KeptPage],
    more: Sequence[KeptPage],
    *,
    total: int,
    baseline: Baseline,
    closing: Closing,
) -> Proof | None:
    """Return why the stock rows are whole; None where they may not be."""
    keys = different_keys([*base, *more])
    gone = gone_since(baseline, closing, seen=np.unique(variations_in(keys)))
    if gone is None:
        return None
    totals = [page.total for page in in_turn(base)] + [total]
    # Rows went that no deleted variation explains: what slipped between pages nobody knows.
    if not len(gone) and any(later < sooner for sooner, later in pairs(totals)):
        return None
    there = len(keys) - int(np.isin(variations_in(keys), gone).sum())
    if there + keyless_count(base) != total:
        return None
    return Proof(expected_count=total, left_out=gone)


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
