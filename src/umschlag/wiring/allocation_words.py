"""What the planner's codes and numbers say in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from umschlag.allocation.planning.model import (
    Blocker,
    LineReason,
    MutualCause,
    MutualProposal,
    ReasonCode,
    Refusal,
)
from umschlag.kernel.identifiers import Asin
from umschlag.kernel.money import Money
from umschlag.storage.records.models import ClientPriority, Store

ASINS_NAMED_MAX = 12
"""A message about many ASINs names this many and counts the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationWords:
    """Writes sentences into a run's records; stores are named by their record's number."""

    currency: str
    store_names: Mapping[int, str]

    def line(self, reason: LineReason) -> str:
        """Say why a line is there, and what kept it from being larger."""
        parts = []
        if reason.preorder_units:
            parts.append(
                ngettext("%d preordered unit.", "%d preordered units.", reason.preorder_units)
                % reason.preorder_units
            )
        parts.append(
            _("Stock is %(days)d days old. Priority %(priority)s, %(waited)s.")
            % {
                "days": reason.stock_age_days,
                "priority": ClientPriority(reason.client_priority).label,
                "waited": _waited(reason.days_since_last_pallet),
            }
        )
        if reason.limited_by:
            limits = "; ".join(self._limit(blocker) for blocker in reason.limited_by)
            parts.append(_("No more because: %s.") % limits)
        return " ".join(parts)

    def refusal(self, refusal: Refusal) -> str:
        """Say why a store was not given ASINs."""
        blocker = Blocker(
            code=refusal.code, limit=refusal.limit, missing_minor=refusal.missing_minor
        )
        message = f"{_asins(refusal.asins)}: {self._limit(blocker)}"
        if refusal.missing_minor is not None and len(refusal.asins) > 1:
            message = _("%s for the cheapest of them") % message
        further = [reason_label(code) for code in refusal.further_codes]
        if not further:
            return f"{message}."
        if len(refusal.asins) == 1:
            return _("%(message)s; besides: %(further)s.") % {
                "message": message,
                "further": ", ".join(further),
            }
        return _("%(message)s; for some of them besides: %(further)s.") % {
            "message": message,
            "further": ", ".join(further),
        }

    def mutual(self, proposal: MutualProposal) -> str:
        """Say what is missing for a pallet of its own, and where the goods could go instead."""
        missing = Money(proposal.missing_minor, self.currency)
        own = self.store_names.get(proposal.store_id, str(proposal.store_id))
        if proposal.cause is MutualCause.BALANCE_SHORT:
            why = _("%(store)s: the balance is %(missing)s short of a stand-alone pallet.") % {
                "store": own,
                "missing": missing,
            }
        else:
            why = _("%(store)s: too few products are ungated for a stand-alone pallet.") % {
                "store": own
            }
        if proposal.mutual_store_id is None:
            return f"{why} " + _("No mutual store could take any of them.")
        return f"{why} " + _("%(mutual)s could take %(units)d units: %(asins)s.") % {
            "mutual": self.store_names.get(proposal.mutual_store_id, ""),
            "units": proposal.units,
            "asins": _asins(proposal.asins),
        }

    def _limit(self, blocker: Blocker) -> str:
        if blocker.missing_minor is not None:
            return _("balance short by %s") % Money(blocker.missing_minor, self.currency)
        if blocker.limit is not None and blocker.code in _LIMITED:
            return _(_LIMITED[blocker.code]) % {"limit": blocker.limit}
        return reason_label(blocker.code)


def words_in(currency: str) -> AllocationWords:
    """Return the words with every store's name at hand."""
    return AllocationWords(
        currency=currency, store_names=dict(Store.objects.values_list("pk", "name"))
    )


def reason_label(code: ReasonCode) -> str:
    """Return a reason in a few words."""
    return _(_LABELS[code])


_LABELS: Mapping[ReasonCode, str] = {
    ReasonCode.STORE_SUSPENDED: gettext_noop("the store is suspended"),
    ReasonCode.CART_TOO_SMALL: gettext_noop("all there is fills too little of a pallet"),
    ReasonCode.CURRENCY: gettext_noop("goods, client and freight have different currencies"),
    ReasonCode.GATED: gettext_noop("gated"),
    ReasonCode.INVOICE_NEEDED: gettext_noop("gated, invoice needed"),
    ReasonCode.UNKNOWN_GATE: gettext_noop("nobody said whether it is ungated"),
    ReasonCode.MEASURES_MISSING: gettext_noop("weight or dimensions are missing"),
    ReasonCode.SHIPPING_PRICE_MISSING: gettext_noop("the shipping prices are missing"),
    ReasonCode.TOO_LARGE: gettext_noop("larger than the marketplace's pallet"),
    ReasonCode.NO_STOCK: gettext_noop("no stock is left"),
    ReasonCode.CASE_PACK: gettext_noop("less than a case pack is left"),
    ReasonCode.TOO_MANY_STORES: gettext_noop("enough stores of the marketplace have it"),
    ReasonCode.CAP: gettext_noop("the store's cap per ASIN is reached"),
    ReasonCode.STORE_CAP: gettext_noop("the store's cap per run is reached"),
    ReasonCode.BALANCE_SHORT: gettext_noop("the balance is too low"),
}
_LIMITED: Mapping[ReasonCode, str] = {
    ReasonCode.NO_STOCK: gettext_noop("none of the %(limit)d units is left"),
    ReasonCode.CASE_PACK: gettext_noop("less than a case pack of %(limit)d is left"),
    ReasonCode.TOO_MANY_STORES: gettext_noop(
        "%(limit)d stores of the marketplace have it, and no more may"
    ),
    ReasonCode.CAP: gettext_noop("the store's cap of %(limit)d units per ASIN is reached"),
    ReasonCode.STORE_CAP: gettext_noop("the store's cap of %(limit)d units per run is reached"),
}


def _waited(days: int | None) -> str:
    if days is None:
        return _("no pallet so far")
    return ngettext("%d day since the last pallet", "%d days since the last pallet", days) % days


def _asins(asins: Sequence[Asin]) -> str:
    named = ", ".join(asins[:ASINS_NAMED_MAX])
    more = len(asins) - ASINS_NAMED_MAX
    if more <= 0:
        return named
    return _("%(count)d ASINs (%(named)s and %(more)d more)") % {
        "count": len(asins),
        "named": named,
        "more": more,
    }
