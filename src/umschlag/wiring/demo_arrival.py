"""The demo's warehouse: some of what preorders wait for comes in."""

from umschlag.settings import Settings
from umschlag.storage.records.models import PreorderArrival
from umschlag.wiring.arrivals import ReportedArrival, WaitedFor, report_arrival, waited_for

_PARTS, _OF = 3, 5
"""Of five units waited for three come in: enough for some, too few for all."""


def let_one_arrive(settings: Settings) -> int | None:
    """Report part of what most clients wait for, once; return the arrival's number.

    None where one came in before, or where no two preorders wait for one ASIN.
    """
    if PreorderArrival.objects.exists():
        return None
    contested = [one for one in waited_for() if one.preorder_count > 1]
    if not contested:
        return None
    most = max(contested, key=lambda one: (one.preorder_count, one.asin.asin))
    reported = ReportedArrival(asin=most.asin.asin, units=_some(most), note="LS 2041")
    return report_arrival(settings, reported, by="Demo")


def _some(waited: WaitedFor) -> int:
    pack_units = waited.asin.case_pack_units
    return max(waited.units * _PARTS // _OF // pack_units, 1) * pack_units
