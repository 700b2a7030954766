"""What the planner's codes and numbers say in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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
        further = [str(reason_label(code)) for code in refusal.further_codes]
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
            return f"{why} " + _("No mutual store may sell the goods.")
        return f"{why} " + _("%(mutual)s could take %(units)d units: %(asins)s.") % {
            "mutual": self.store_names.get(proposal.mutual_store_id, ""),
            "units": proposal.units,
            "asins": _asins(proposal.asins),
        }

    def _limit(self, blocker: Blocker) -> str:
        if blocker.missing_minor is not None:
            return _("balance short by %s") % Money(blocker.missing_minor, self.currency)
        label = str(reason_label(blocker.code))
        return f"{label} ({blocker.limit})" if blocker.limit is not None else label


def words_in(currency: str) -> AllocationWords:
    """Return the words with every store's name at hand."""
    return AllocationWords(
        currency=currency, store_names=dict(Store.objects.values_list("pk", "name"))
    )


def reason_label(code: ReasonCode) -> str:
    """Return a reason in a few words."""
    return {
        ReasonCode.STORE_SUSPENDED: _("the store is suspended"),
        ReasonCode.CURRENCY: _("goods, client and freight have different currencies"),
        ReasonCode.GATED: _("gated"),
        ReasonCode.INVOICE_NEEDED: _("gated, invoice needed"),
        ReasonCode.UNKNOWN_GATE: _("nobody said whether it is ungated"),
        ReasonCode.MEASURES_MISSING: _("weight or dimensions are missing"),
        ReasonCode.SHIPPING_PRICE_MISSING: _("the shipping prices are missing"),
        ReasonCode.TOO_LARGE: _("larger than the marketplace's pallet"),
        ReasonCode.NO_STOCK: _("no stock is left; there were units"),
        ReasonCode.CASE_PACK: _("less than a case pack is left; units in one"),
        ReasonCode.TOO_MANY_STORES: _("enough stores of the marketplace have it; at most"),
        ReasonCode.CAP: _("the store's cap per ASIN"),
        ReasonCode.STORE_CAP: _("the store's cap per run"),
        ReasonCode.BALANCE_SHORT: _("the balance is too low"),
    }[code]


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
