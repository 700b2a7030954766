"""How each thing that happens to a client's money is booked.

The sides are always the same: what the panel tells meets `PANEL`, what we promise goes from
`SPENDABLE` to `HELD`, what leaves on a truck from there to `CHARGED`, until a deduction that the
panel told is found to be that very charge.
"""

from dataclasses import dataclass

from umschlag.allocation.balances.model import (
    Account,
    AccountKind,
    Booking,
    EntryKind,
    Posting,
    ReasonMissing,
    WrongSign,
)
from umschlag.kernel.identifiers import ClientId


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFor:
    """What money is held for: a cart, and of it a pallet; `hold` is the number of that entry."""

    cart_id: int
    pallet_id: int | None = None
    hold: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """Whose money, and in which currency; makes its bookings."""

    client_id: ClientId
    currency: str

    def account(self, kind: AccountKind) -> Account:
        """Return the client's account of this kind."""
        return Account(kind=kind, client_id=self.client_id, currency=self.currency)

    def told_by_panel(self, change_minor: int, *, note: str = "") -> Booking:
        """Return the booking of a change of the panel's balance; above zero where it grew.

        Raises:
            UnbalancedBooking: the balance did not change.
        """
        return Booking(
            kind=EntryKind.PANEL,
            client_id=self.client_id,
            postings=self._moved(change_minor, AccountKind.PANEL, AccountKind.SPENDABLE),
            note=note,
        )

    def hold(self, total_minor: int, *, cart_id: int) -> Booking:
        """Return the booking that keeps a confirmed cart's total.

        Raises:
            WrongSign: the total is not above zero.
        """
        return self._of_cart(EntryKind.HOLD, total_minor, HeldFor(cart_id=cart_id))

    def capture(self, held_minor: int, *, place: HeldFor) -> Booking:
        """Return the booking that charges what was held for a pallet, now that it is shipped.

        Raises:
            WrongSign: nothing was held.
        """
        return self._of_cart(EntryKind.CAPTURE, held_minor, place)

    def release(self, held_minor: int, *, place: HeldFor) -> Booking:
        """Return the booking that gives back what was held for a pallet that is not shipped.

        Raises:
            WrongSign: nothing was held.
        """
        return self._of_cart(EntryKind.RELEASE, held_minor, place)

    def settle(self, charged_minor: int, *, captured: int, note: str = "") -> Booking:
        """Return the booking of a charge found in what the panel deducted.

        The deduction lowered what the client can spend when the panel told it, and the charge had
        lowered it before: this gives the one back. `captured` is the number of the capture.

        Raises:
            WrongSign: the charge is not above zero.
        """
        _require_positive(EntryKind.SETTLEMENT, charged_minor)
        return Booking(
            kind=EntryKind.SETTLEMENT,
            client_id=self.client_id,
            postings=self._moved(charged_minor, AccountKind.CHARGED, AccountKind.SPENDABLE),
            note=note,
            reverses=captured,
        )

    def contribute(self, amount_minor: int, *, to: ClientId, note: str = "") -> Booking:
        """Return the booking of what this client pays another one, as into a mutual store.

        Raises:
            WrongSign: the amount is not above zero.
        """
        _require_positive(EntryKind.CONTRIBUTION, amount_minor)
        receiver = Purse(client_id=to, currency=self.currency)
        return Booking(
            kind=EntryKind.CONTRIBUTION,
            client_id=self.client_id,
            postings=(
                Posting(account=self.account(AccountKind.SPENDABLE), amount_minor=-amount_minor),
                Posting(account=receiver.account(AccountKind.SPENDABLE), amount_minor=amount_minor),
            ),
            note=note,
        )

    def correct(self, change_minor: int, *, reason: str, undoes: int | None = None) -> Booking:
        """Return a correction by hand of what the client can spend.

        `undoes` is the number of the correction that this one makes good.

        Raises:
            ReasonMissing: nobody says why.
            UnbalancedBooking: there is nothing to correct.
        """
        if not reason.strip():
            raise ReasonMissing("say why the balance is corrected", field="reason")
        return Booking(
            kind=EntryKind.CORRECTION,
            client_id=self.client_id,
            postings=self._moved(change_minor, AccountKind.CORRECTION, AccountKind.SPENDABLE),
            note=reason.strip(),
            reverses=undoes,
        )

    def _of_cart(self, kind: EntryKind, amount_minor: int, place: HeldFor) -> Booking:
        _require_positive(kind, amount_minor)
        from_, to = _WAYS[kind]
        return Booking(
            kind=kind,
            client_id=self.client_id,
            postings=self._moved(amount_minor, from_, to),
            cart_id=place.cart_id,
            pallet_id=place.pallet_id,
            reverses=place.hold,
        )

    def _moved(
        self, amount_minor: int, from_: AccountKind, to: AccountKind
    ) -> tuple[Posting, Posting]:
        return (
            Posting(account=self.account(from_), amount_minor=-amount_minor),
            Posting(account=self.account(to), amount_minor=amount_minor),
        )


_WAYS = {
    EntryKind.HOLD: (AccountKind.SPENDABLE, AccountKind.HELD),
    EntryKind.CAPTURE: (AccountKind.HELD, AccountKind.CHARGED),
    EntryKind.RELEASE: (AccountKind.HELD, AccountKind.SPENDABLE),
}


def _require_positive(kind: EntryKind, amount_minor: int) -> None:
    if amount_minor <= 0:
        raise WrongSign(f"a {kind} of {amount_minor} would move money the other way")
