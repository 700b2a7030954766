"""What must hold before a snapshot may be seen."""

from collections.abc import Iterable, Mapping
from datetime import date

from umschlag.intelligence.snapshots.model import FormerSnapshot, Reading
from umschlag.kernel.errors import Refused
from umschlag.kernel.identifiers import Sku, VariationId
from umschlag.kernel.outcomes import Problem

SKU_CHARACTERS_MAX = 100
"""Amazon takes 40 and the ERP 50; the records have room for this many."""


class SnapshotIncomplete(Refused):
    """The source did not deliver all it says it has; half a day would look like a stock-out."""


class TooManyVanished(SnapshotIncomplete):
    """So many articles vanished that a fault is likelier than a clean-up."""


class SnapshotUnderWay(Refused):
    """Another run is taking this day's snapshot at the moment."""


def check_whole(reading: Reading, *, business_date: date) -> None:
    """Let a reading pass that has every article, each once.

    Raises:
        SnapshotIncomplete: articles are missing, too many, or there are none at all.
    """
    count = len(reading.articles) + reading.unusable_count
    if count != reading.expected_count:
        raise SnapshotIncomplete(
            f"{business_date}: {count} articles were read of {reading.expected_count}; "
            "nothing was published, try again"
        )
    if not reading.articles:
        raise SnapshotIncomplete(f"{business_date}: the source has no articles at all")
    if len({state.master.sku for state in reading.articles}) != len(reading.articles):
        raise SnapshotIncomplete(f"{business_date}: two articles have the same SKU")


def check_vanished_share(
    *, former: FormerSnapshot, percent_max: float, business_date: date
) -> None:
    """Let a snapshot pass in which at most that share of the former one's articles is gone.

    Raises:
        TooManyVanished: more are gone; the message says how to accept them.
    """
    if former.vanished_count * 100 > percent_max * former.seen_count:
        raise TooManyVanished(
            f"{business_date}: {former.vanished_count} of {former.seen_count} articles vanished "
            f"since {former.business_date}, more than {percent_max:g} %. Check the rights of the "
            "Plentymarkets user; if they were really deleted, raise "
            "UMSCHLAG_SNAPSHOT_VANISHED_PERCENT_MAX for one run"
        )


def skus_by_variation(
    numbers: Iterable[tuple[VariationId, str]],
) -> tuple[Mapping[VariationId, Sku], tuple[Problem, ...]]:
    """Return each variation's SKU: the merchant's number, so that a re-created one continues it.

    Without a usable number, or where a variation with a lower id has the same one, the SKU is ``#``
    and the variation id, and a problem says so.
    """
    skus: dict[VariationId, Sku] = {}
    owners: dict[str, VariationId] = {}
    problems = []
    for variation_id, number in sorted(numbers):
        owner = owners.setdefault(number, variation_id)
        fault = _fault_of(number)
        if not fault and owner == variation_id:
            skus[variation_id] = Sku(number)
            continue
        skus[variation_id] = Sku(f"#{variation_id}")
        why = fault or f"number {number} belongs to variation {owner}"
        problems.append(
            Problem(place=f"variation {variation_id}", message=f"kept as #{variation_id}: {why}")
        )
    return skus, tuple(problems)


def _fault_of(number: str) -> str:
    if not number:
        return "it has no number"
    if len(number) > SKU_CHARACTERS_MAX:
        return f"its number is longer than {SKU_CHARACTERS_MAX} characters"
    # Refused, because it could be taken for the stand-in of another variation.
    return "its number starts with #" if number.startswith("#") else ""
