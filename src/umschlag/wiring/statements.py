"""Statements and settlements, put together."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from umschlag.allocation.balances.statement import NotDeducted, SettledTwice, Statement
from umschlag.kernel.errors import BadInput, NotFound
from umschlag.kernel.money import Money
from umschlag.kernel.periods import nearest_kept
from umschlag.settings import Settings
from umschlag.storage.records import statements
from umschlag.storage.records.models import Client
from umschlag.storage.records.statements import OpenCharge, open_charges
from umschlag.wiring.spreadsheets import Row
from umschlag.wiring.statement_words import kind_text, note_text

__all__ = ["ClientStatement", "client_statement", "open_charges", "settle_charges"]


class NoSuchClient(NotFound):
    """No client has this panel id."""


class DaysReversed(BadInput):
    """The last day lies before the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientStatement:
    """One client's statement over some days, both of them within; None where it is open."""

    client: Client
    since: date | None
    through: date | None
    statement: Statement

    def rows(self) -> Iterator[Row]:
        """Yield the statement for a file; the first row names the columns."""
        currency = self.client.currency
        yield [
            *("entry", "booked_at", "booked_by", "kind", "note", "makes_good_entry"),
            *("change", "balance", "currency"),
        ]
        opening = Money(self.statement.opening_minor, currency).decimal
        yield [None, None, "", _("Opening balance"), "", None, None, opening, currency]
        for line in self.statement.lines:
            yield [
                line.number,
                timezone.localtime(line.booked_at).isoformat(sep=" ", timespec="seconds"),
                line.booked_by,
                kind_text(line),
                note_text(line),
                line.reverses,
                Money(line.change_minor, currency).decimal,
                Money(line.balance_minor, currency).decimal,
                currency,
            ]
        closing = Money(self.statement.closing_minor, currency).decimal
        yield [None, None, "", _("Closing balance"), "", None, None, closing, currency]


def client_statement(
    settings: Settings, client_id: str, *, since: date | None = None, through: date | None = None
) -> ClientStatement:
    """Return what happened to what a client can spend; the whole ledger where no day is told.

    Raises:
        NoSuchClient: no client has this panel id.
        DaysReversed: the last day lies before the first.
    """
    client = Client.objects.filter(external_id=client_id).first()
    if client is None:
        raise NoSuchClient(_("There is no client with the id %s.") % client_id, field="client_id")
    if since and through and through < since:
        raise DaysReversed(_("The last day lies before the first."), field="through")
    return ClientStatement(
        client=client,
        since=since,
        through=through,
        statement=statements.statement(
            client,
            since=_start_of(settings, since),
            until=_start_of(settings, through, days_later=1),
        ),
    )


def settle_charges(numbers: Collection[int], *, by: str) -> list[OpenCharge]:
    """Say that these charges are in what the panel deducted: they lower a balance once, not twice.

    Raises:
        ChargeUnknown: there is no charge with such a number.
        SettledTwice: one was settled before.
        NotDeducted: the panel has not deducted so much.
    """
    try:
        return statements.settle(numbers, at=timezone.now(), by=by)
    except SettledTwice as error:
        raise SettledTwice(
            _("One of these charges was settled before; nothing was changed."), field="captures"
        ) from error
    except NotDeducted as error:
        raise NotDeducted(
            _(
                "The panel has not deducted as much as these charges come to; nothing was changed."
                " Book the deduction in the panel, sync it, then settle."
            ),
            field="captures",
        ) from error


def _start_of(settings: Settings, day: date | None, *, days_later: int = 0) -> datetime | None:
    if day is None:
        return None
    # A statement through the last day of the calendar is one of all that is booked.
    asked = nearest_kept(day) + timedelta(days=days_later)
    return datetime.combine(asked, time.min, tzinfo=settings.zone)
