"""What an arrival of preordered goods means for everyone, as people are shown and told it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from umschlag.allocation.preorders.arrivals import ArrivalRule
from umschlag.kernel.money import Money
from umschlag.storage.records.models import Client, NotificationKind, PreorderArrival
from umschlag.wiring.amounts import count_text, money_text
from umschlag.wiring.notifying import News


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLine:
    """One preorder in the preview."""

    external_id: str
    waiting_units: int
    units: int
    waits_on_units: int
    due: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientLine:
    """What the arrival means for one client; amounts are None where they cannot be told."""

    client: Client
    claims: tuple[ClaimLine, ...]
    waiting_units: int
    units: int
    due: Money
    packs: Money | None
    shipping: Money | None
    total: Money | None
    available: Money
    already: Money | None
    missing: Money | None
    blocked: str
    """Why no store of the client could be given the goods; empty where one can."""
    run_units_max: int | None = None
    """What its store's caps let one run give, where that is less than the client gets."""

    @property
    def waits_on_units(self) -> int:
        """Units the client waits on for."""
        return self.waiting_units - self.units

    @property
    def capped(self) -> str:
        """That the store's caps let one run give no more; empty where they do not matter."""
        return "" if self.run_units_max is None else capped_text(self.run_units_max)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalPreview:
    """The effect of confirming an arrival by one rule, on everyone who waits."""

    arrival: PreorderArrival
    rule: ArrivalRule
    lines: tuple[ClientLine, ...]
    waiting_units: int
    given_units: int
    free_units: int
    """Units of the arrival that go into stock and are nobody's preorder."""
    shown: str
    """Stands for who gets what; confirming asks for it, so that nobody confirms anything else."""

    @property
    def is_partial(self) -> bool:
        """Whether somebody waits on."""
        return self.given_units < self.waiting_units


def news_of_report(arrival: PreorderArrival) -> News:
    """Return the notice that goods came in and wait for a decision."""
    return News(
        kind=NotificationKind.ARRIVAL_REPORTED,
        title=_("%(units)s × %(asin)s have come in: who gets them?")
        % {"units": count_text(arrival.arrived_units), "asin": arrival.asin.asin},
        body=_("Arrival %d waits to be looked at and confirmed, under Preorder arrivals.")
        % arrival.pk,
    )


def news_of_confirmed(preview: ArrivalPreview) -> list[News]:
    """Return one notice a client that gets units: what falls due, and what its balance lacks."""
    asin = preview.arrival.asin.asin
    return [
        News(
            kind=NotificationKind.PREORDER_ARRIVED,
            title=_("Preorder arrived: %(units)s × %(asin)s for %(client)s")
            % {"units": count_text(line.units), "asin": asin, "client": line.client.name},
            body="\n".join(_told_of(line)),
            client_id=line.client.pk,
        )
        for line in preview.lines
        if line.units
    ]


def _told_of(line: ClientLine) -> list[str]:
    told = [
        _("Preorder %(id)s: %(units)s of %(waiting)s, %(due)s falls due.")
        % {
            "id": one.external_id,
            "units": count_text(one.units),
            "waiting": count_text(one.waiting_units),
            "due": money_text(one.due),
        }
        for one in line.claims
    ]
    if line.waits_on_units:
        told.append(
            ngettext(
                "%s unit is still waited for.",
                "%s units are still waited for.",
                line.waits_on_units,
            )
            % count_text(line.waits_on_units)
        )
    if line.missing is not None and line.missing.minor:
        told.append(
            _("The balance is short by %s of what the next allocation will ask for.")
            % money_text(line.missing)
        )
    if line.run_units_max is not None:
        told.append(capped_text(line.run_units_max))
    if line.blocked:
        told.append(_("No allocation can give them out yet: %s.") % line.blocked)
    return told


def capped_text(units: int) -> str:
    """Say that a store's caps let a run give no more."""
    return ngettext(
        "The store’s caps let a run give it %s unit; the rest follows with the next runs.",
        "The store’s caps let a run give it %s units; the rest follows with the next runs.",
        units,
    ) % count_text(units)
