"""Arrivals of preordered goods: reported, shown with their effect on everyone, then confirmed."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from umschlag.allocation.planning.arrival_effects import ClientEffect, arrival_effects
from umschlag.allocation.preorders.arrivals import (
    ArrivalRule,
    ArrivalShares,
    WaitingClaim,
    shared_arrival,
)
from umschlag.kernel.errors import BadInput, NotFound, Refused
from umschlag.kernel.identifiers import Asin
from umschlag.kernel.money import Money
from umschlag.settings import Settings
from umschlag.storage.records.arrivals import (
    Decision,
    LockedArrival,
    arrival_with,
    open_preorders,
    problem_of_waiting,
    waiting_claims,
    waiting_preorders,
)
from umschlag.storage.records.arrivals import discard_arrival as discard_record
from umschlag.storage.records.arrivals import undo_arrival as undo_record
from umschlag.storage.records.models import (
    CatalogAsin,
    Client,
    Preorder,
    PreorderArrival,
)
from umschlag.wiring.allocation import planning_terms
from umschlag.wiring.allocation_words import reason_label
from umschlag.wiring.amounts import count_text
from umschlag.wiring.arrival_preview import (
    ArrivalPreview,
    ClaimLine,
    ClientLine,
    news_of_confirmed,
    news_of_report,
)
from umschlag.wiring.notifying import tell

UNITS_MAX = 1_000_000
"""More units of one ASIN in one delivery are a slip of the hand."""


class AsinUnknown(NotFound):
    """No ASIN of this name was bought."""


class NobodyWaits(Refused):
    """No preorder waits for units of the ASIN."""


class ShownIsOutdated(Refused):
    """Who waits has changed since the effect was shown; it must be looked at again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedArrival:
    """What somebody says has come in."""

    asin: str
    units: int
    note: str = ""


def arrival_rule(text: str) -> ArrivalRule:
    """Return the rule of this name.

    Raises:
        BadInput: there is none.
    """
    try:
        return ArrivalRule(text)
    except ValueError:
        raise BadInput(
            _("Choose a rule: %s.") % ", ".join(rule.value for rule in ArrivalRule), field="rule"
        ) from None


def report_arrival(settings: Settings, reported: ReportedArrival, *, by: str) -> int:
    """Keep that goods came in and return the arrival's number; nothing is moved yet.

    Raises:
        AsinUnknown: no such ASIN was bought.
        BadInput: the units are no amount that can arrive.
        NobodyWaits: no preorder waits for units of it.
    """
    asin = CatalogAsin.objects.filter(asin=reported.asin.strip().upper()).first()
    if asin is None:
        raise AsinUnknown(
            _("There is no ASIN %s here; add it to the buying sheet and sync.") % reported.asin,
            field="asin",
        )
    if not 0 < reported.units <= UNITS_MAX:
        raise BadInput(
            _("%(units)s units cannot arrive; give 1 to %(most)s.")
            % {"units": reported.units, "most": count_text(UNITS_MAX)},
            field="units",
        )
    if not waiting_claims(_waiting(asin), Asin(asin.asin)):
        raise NobodyWaits(
            _("No preorder waits for %s. Goods that nobody waits for are entered in the sheet.")
            % asin.asin,
            field="asin",
        )
    arrival = PreorderArrival.objects.create(
        asin=asin,
        arrived_units=reported.units,
        note=reported.note.strip()[:120],
        reported_at=timezone.now(),
        reported_by=by[:150],
    )
    with translation.override(settings.language):
        tell(settings, [news_of_report(arrival)])
    return arrival.pk


def preview_arrival(settings: Settings, arrival_id: int, rule: ArrivalRule) -> ArrivalPreview:
    """Return what confirming by the rule would mean for everyone; changes nothing.

    Raises:
        ArrivalUnknown: there is no such arrival.
    """
    arrival = arrival_with(arrival_id)
    claims = waiting_claims(_waiting(arrival.asin), Asin(arrival.asin.asin))
    return _preview(settings, arrival, claims, rule)


def confirm_arrival(
    settings: Settings, arrival_id: int, rule: ArrivalRule, *, shown: str, by: str
) -> ArrivalPreview:
    """Move the units into stock and mark the claims, all of it or nothing; then tell the clients.

    `shown` is the preview's, so that what happens is what was looked at.

    Raises:
        ArrivalUnknown, ArrivalAlreadyDecided: it does not wait for a decision.
        ShownIsOutdated: who waits, or for how much, changed since.
        NobodyWaits: no preorder waits any more.
    """
    with transaction.atomic():
        locked = LockedArrival(arrival_id)
        claims = locked.claims()
        if not claims:
            raise NobodyWaits(_("No preorder waits for %s any more.") % locked.asin.asin)
        locked.arrival.asin = locked.asin
        preview = _preview(settings, locked.arrival, claims, rule)
        if preview.shown != shown:
            raise ShownIsOutdated(
                _(
                    "Who waits has changed since this was shown. Nothing was changed: look at it"
                    " again, then confirm."
                )
            )
        shares = _shares(locked.arrival, claims, rule)
        decision = Decision(by=by[:150], at=timezone.now())
        locked.take_in(shares.units, claims=claims, rule=rule, decision=decision)
    with translation.override(settings.language):
        tell(settings, news_of_confirmed(preview))
    return preview


def discard_arrival(settings: Settings, arrival_id: int, *, by: str) -> None:
    """Put an arrival aside that was reported by mistake.

    Raises:
        ArrivalUnknown, ArrivalAlreadyDecided: it does not wait for a decision.
    """
    del settings  # every wiring takes them; this one needs none
    with transaction.atomic():
        discard_record(arrival_id, Decision(by=by[:150], at=timezone.now()))


def undo_arrival(settings: Settings, arrival_id: int, *, by: str) -> None:
    """Take a confirmed arrival back, as long as no allocation has used it.

    Raises:
        ArrivalUnknown, ArrivalAlreadyDecided: it is not confirmed.
        ArrivalInUse: carts were given units of it.
    """
    del settings  # every wiring takes them; this one needs none
    with transaction.atomic():
        undo_record(arrival_id, Decision(by=by[:150], at=timezone.now()))


def _waiting(asin: CatalogAsin) -> list[Preorder]:
    return list(waiting_preorders(asin.pk).select_related("client"))


def _shares(
    arrival: PreorderArrival, claims: Sequence[WaitingClaim], rule: ArrivalRule
) -> ArrivalShares:
    return shared_arrival(
        claims,
        arrived_units=arrival.arrived_units,
        pack_units=arrival.asin.case_pack_units,
        rule=rule,
    )


def _preview(
    settings: Settings,
    arrival: PreorderArrival,
    claims: Sequence[WaitingClaim],
    rule: ArrivalRule,
) -> ArrivalPreview:
    shares = _shares(arrival, claims, rule)
    problem = problem_of_waiting(arrival.asin, claims, planning_terms(settings))
    effects = arrival_effects(problem, Asin(arrival.asin.asin), claims, shares)
    clients = Client.objects.in_bulk([effect.client_id for effect in effects])
    lines = tuple(_line(effect, clients[effect.client_id]) for effect in effects)
    return ArrivalPreview(
        arrival=arrival,
        rule=rule,
        lines=lines,
        waiting_units=sum(line.waiting_units for line in lines),
        given_units=sum(line.units for line in lines),
        free_units=shares.free_units,
        shown=_shown(arrival, rule, claims, shares),
    )


def _shown(
    arrival: PreorderArrival,
    rule: ArrivalRule,
    claims: Sequence[WaitingClaim],
    shares: ArrivalShares,
) -> str:
    facts = [
        (one.preorder_id, one.waiting_units, units, one.due_minor(units))
        for one in claims
        for units in [shares.units[one.preorder_id]]
    ]
    text = repr((arrival.pk, arrival.arrived_units, rule.value, facts))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _line(effect: ClientEffect, client: Client) -> ClientLine:
    def money(minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, client.currency)

    return ClientLine(
        client=client,
        claims=tuple(
            ClaimLine(
                external_id=one.claim.external_id,
                waiting_units=one.claim.waiting_units,
                units=one.units,
                waits_on_units=one.waits_on_units,
                due=Money(one.due_minor, client.currency),
            )
            for one in effect.claims
        ),
        waiting_units=effect.waiting_units,
        units=effect.units,
        due=Money(effect.due_minor, client.currency),
        packs=money(effect.pack_minor),
        shipping=money(effect.shipping_minor),
        total=money(effect.total_minor),
        available=Money(effect.available_minor, client.currency),
        already=money(effect.already_minor),
        missing=money(effect.missing_minor),
        blocked=_blocked(effect),
        run_units_max=effect.run_units_max
        if effect.run_units_max is not None and effect.run_units_max < effect.units
        else None,
    )


def _blocked(effect: ClientEffect) -> str:
    if not effect.has_store:
        return _("the client has no store of its own")
    return reason_label(effect.blocked_by) if effect.blocked_by else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitedFor:
    """An ASIN that preorders wait for."""

    asin: CatalogAsin
    units: int
    preorder_count: int
    expected_date: date | None
    """When the first of them was to arrive."""


def waited_for() -> list[WaitedFor]:
    """Return the ASINs that preorders wait for, the one expected first in front."""
    rows: defaultdict[CatalogAsin, list[Preorder]] = defaultdict(list)
    for row in open_preorders().select_related("asin"):
        if row.waiting_units:
            rows[row.asin].append(row)
    found = [
        WaitedFor(
            asin=asin,
            units=sum(row.waiting_units for row in waiting),
            preorder_count=len(waiting),
            expected_date=min(
                (row.expected_arrival_date for row in waiting if row.expected_arrival_date),
                default=None,
            ),
        )
        for asin, waiting in rows.items()
    ]
    return sorted(found, key=lambda one: (one.expected_date or date.max, one.asin.asin))
