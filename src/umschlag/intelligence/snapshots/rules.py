"""What must hold before a snapshot may be seen."""

from collections.abc import Iterable, Mapping
from datetime import date

from umschlag.intelligence.snapshots.model import FormerSnapshot, Origin, StandingDay
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


class CapturedDayStands(Refused):
    """The day was captured; what is rebuilt from movements knows less of it."""


def check_whole(
    *, business_date: date, article_count: int, unusable_count: int, expected_count: int
) -> None:
    """Let a reading pass that has every article the source says it has.

    Raises:
        SnapshotIncomplete: articles are missing, too many, or there are none at all.
    """
    count = article_count + unusable_count
    if count != expected_count:
        raise SnapshotIncomplete(
            f"{business_date}: {count} articles were read of {expected_count}; "
            "nothing was published, try again"
        )
    if not article_count:
        raise SnapshotIncomplete(f"{business_date}: the source has no articles at all")


def check_skus_differ(*, business_date: date, article_count: int, sku_count: int) -> None:
    """Let a reading pass in which every article has a SKU of its own.

    Raises:
        SnapshotIncomplete: two articles share one.
    """
    if sku_count != article_count:
        raise SnapshotIncomplete(
            f"{business_date}: {article_count} articles have {sku_count} SKUs: "
            "two articles have the same SKU"
        )


def check_vanished_share(
    *, former: FormerSnapshot, deleted_count: int, percent_max: float, business_date: date
) -> None:
    """Let a snapshot pass in which at most that share of the former one's articles is gone.

    Those that the delete log confirms count as well: a clean-up gone wrong is in the log, too.

    Raises:
        TooManyVanished: more are gone; the message says how to accept them.
    """
    count = len(former.vanished)
    if count * 100 > percent_max * former.seen_count:
        raise TooManyVanished(
            f"{business_date}: {count} of {former.seen_count} articles vanished "
            f"since {former.business_date}, more than {percent_max:g} %; the delete log of "
            f"Plentymarkets confirms {deleted_count} of them. Check the rights of the "
            "Plentymarkets user; if they were really deleted, raise "
            "UMSCHLAG_SNAPSHOT_VANISHED_PERCENT_MAX for one run"
        )


def check_replaceable(
    standing: StandingDay, *, by: Origin, business_date: date, over_captured: bool
) -> None:
    """Let a day be replaced, but a captured one by a rebuilt one only where that was asked for.

    Raises:
        CapturedDayStands: the day was captured and is to be rebuilt.
    """
    is_poorer = standing.origin is Origin.CAPTURED and by is Origin.RECONSTRUCTED
    if is_poorer and not over_captured:
        raise CapturedDayStands(
            f"{business_date} was captured on the day; rebuilding it would lose prices, "
            "reservations and orders under way"
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
        skus[variation_id] = stand_in_sku(variation_id)
        why = fault or f"number {number} belongs to variation {owner}"
        problems.append(
            Problem(place=f"variation {variation_id}", message=f"kept as #{variation_id}: {why}")
        )
    return skus, tuple(problems)


def stand_in_sku(variation_id: VariationId) -> Sku:
    """Return what a variation goes by that has no number of its own."""
    return Sku(f"#{variation_id}")


def _fault_of(number: str) -> str:
    if not number:
        return "it has no number"
    if len(number) > SKU_CHARACTERS_MAX:
        return f"its number is longer than {SKU_CHARACTERS_MAX} characters"
    # Refused, because it could be taken for the stand-in of another variation.
    return "its number starts with #" if number.startswith("#") else ""
