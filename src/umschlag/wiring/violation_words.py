"""What a broken rule says in the reader's language."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from umschlag.allocation.planning.usecases import PlanBreaksRules
from umschlag.allocation.planning.violations import Violation, ViolationCode
from umschlag.kernel.money import Money
from umschlag.storage.records.models import Client, Store
from umschlag.wiring.amounts import count_text, money_text

_NAMED_MAX = 5
_TEXTS: Mapping[ViolationCode, str] = {
    ViolationCode.UNKNOWN_STORE: gettext_noop("the store is none that this run gives goods to"),
    ViolationCode.UNKNOWN_ASIN: gettext_noop("nothing is left of the ASIN"),
    ViolationCode.LINE_TWICE: gettext_noop("the line stands there twice"),
    ViolationCode.UNITS_NOT_POSITIVE: gettext_noop("the units are not above 0"),
    ViolationCode.STOCK_EXCEEDED: gettext_noop("%(excess)s units more than there are in stock"),
    ViolationCode.NOT_UNGATED: gettext_noop("the store is not ungated for the ASIN"),
    ViolationCode.STORE_SUSPENDED: gettext_noop("the store is suspended"),
    ViolationCode.CART_TOO_SMALL: gettext_noop("the cart fills too little of a pallet"),
    ViolationCode.CURRENCY_MIXED: gettext_noop(
        "goods, client and freight have different currencies"
    ),
    ViolationCode.MEASURES_MISSING: gettext_noop("weight or dimensions are missing"),
    ViolationCode.TOO_LARGE: gettext_noop("one unit is larger than the marketplace's pallet"),
    ViolationCode.CASE_PACK_SPLIT: gettext_noop("%(excess)s units beyond whole case packs"),
    ViolationCode.ASIN_CAP_EXCEEDED: gettext_noop(
        "%(excess)s units more than the store's cap per ASIN"
    ),
    ViolationCode.STORE_CAP_EXCEEDED: gettext_noop(
        "%(excess)s units more than the store's cap per run"
    ),
    ViolationCode.DEMAND_EXCEEDED: gettext_noop(
        "%(excess)s units more than the store is expected to sell"
    ),
    ViolationCode.PIN_IGNORED: gettext_noop("%(excess)s units off what was set by hand"),
    ViolationCode.TOO_MANY_STORES: gettext_noop(
        "too many stores of the marketplace would have the ASIN"
    ),
    ViolationCode.WRONG_COST: gettext_noop("the unit cost has changed"),
    ViolationCode.SHIPPING_PRICE_OUTSIDE: gettext_noop(
        "the shipping price is missing or outside its bracket"
    ),
    ViolationCode.PREORDER_EXCEEDED: gettext_noop(
        "%(excess)s units more than are preordered and arrived"
    ),
    ViolationCode.PREORDER_SPLIT: gettext_noop(
        "%(excess)s units of its preorders would come from a second store"
    ),
    ViolationCode.PREORDER_DUE_WRONG: gettext_noop("what is due for the preorder has changed"),
    ViolationCode.BALANCE_BELOW_FLOOR: gettext_noop("the balance is %(amount)s short"),
}


def violation_text(violation: Violation, *, currency: str) -> str:
    """Return the rule that is broken, by how much and where, as one sentence's part."""
    text = _(_TEXTS[violation.code]) % {
        "excess": count_text(violation.excess),
        "amount": money_text(Money(violation.excess, currency)),
    }
    where = [
        name
        for name in (
            _name(Client, violation.client_id),
            _name(Store, violation.store_id),
            violation.asin,
        )
        if name
    ]
    return f"{', '.join(where)}: {text}" if where else text


def _name(model: type[Client] | type[Store], key: int | None) -> str:
    row = model.objects.filter(pk=key).first() if key is not None else None
    return row.name if row else ""


@contextmanager
def broken_rules_told(currency: str) -> Iterator[None]:
    """Let a plan that breaks rules by now be refused in the reader's language."""
    try:
        yield
    except PlanBreaksRules as error:
        named = [violation_text(one, currency=currency) for one in error.broken[:_NAMED_MAX]]
        more = len(error.broken) - len(named)
        if more:
            named.append(ngettext("and %d more", "and %d more", more) % more)
        text = _(
            "The plan does not hold any more: %s. Nothing was changed. Set the lines otherwise, or "
            "plan again."
        )
        raise PlanBreaksRules(error.broken, text % "; ".join(named)) from error
