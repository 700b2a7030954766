"""What the planner's codes and numbers say in the reader's language."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from umschlag.allocation.planning.model import MutualCause, ReasonCode
from umschlag.allocation.planning.small_carts import CART_FILL_MIN
from umschlag.storage.records.models import ClientPriority
from umschlag.storage.records.reasons import BY_HAND_CODE, LINE_CODE, TRANSFER_CODE, read_money
from umschlag.wiring.amounts import share_text
from umschlag.wiring.reasons import figure_text

Values = Mapping[str, object]


def line_text(code: str, values: Values, *, told: frozenset[ReasonCode] = frozenset()) -> str:
    """Say why a cart line is there, and what kept it from being larger but was not told before.

    Raises:
        LookupError, TypeError, ValueError: there are no words for the code or its figures.
    """
    if code == BY_HAND_CODE:
        return _("Put there by hand.")
    if code == TRANSFER_CODE:
        return _("Transfer %d into the mutual store, which both sides approved.") % _whole(
            values["transfer"]
        )
    if code != LINE_CODE:
        raise LookupError(code)
    parts = []
    preordered = _whole(values["preorder_units"])
    if preordered:
        parts.append(
            ngettext("%d preordered unit.", "%d preordered units.", preordered) % preordered
        )
    parts.append(
        _("Stock is %(days)d days old. Priority %(priority)s, %(waited)s.")
        % {
            "days": _whole(values["stock_age_days"]),
            "priority": ClientPriority(_whole(values["client_priority"])).label,
            "waited": _waited(_whole_or_none(values["days_since_last_pallet"])),
        }
    )
    limits = [
        _limit_text(blocker)
        for blocker in _objects(values["limited_by"])
        if blocker["code"] not in told
    ]
    if limits:
        parts.append(_("No more because: %s.") % "; ".join(limits))
    return " ".join(parts)


def cart_limit_text(lines: Sequence[Values]) -> str:
    """Say that the store's cap per run kept every line from growing; nothing where it did not.

    Raises:
        LookupError, TypeError, ValueError: there are no words for the figures.
    """
    caps = [
        blocker
        for values in lines
        for blocker in _objects(values["limited_by"])
        if blocker["code"] == ReasonCode.STORE_CAP
    ]
    if not caps or len(caps) < len(lines):
        return ""
    packs = [_whole_or_none(blocker.get("pack")) for blocker in caps]
    smallest = None if None in packs else min(pack for pack in packs if pack is not None)
    text = _limit_text({**caps[0], "pack": smallest})
    return _("No line can be larger: %s.") % text


def refusal_text(code: str, values: Values) -> str:
    """Say why a store was not given ASINs.

    Raises:
        LookupError, TypeError, ValueError: there are no words for the code or its figures.
    """
    asin_count = _whole(values["asin_count"])
    message = f"{_asins_text(values)}: {_limit_text({**values, 'code': code})}"
    if values.get("missing") is not None and asin_count > 1:
        message = _("%s for the cheapest of them") % message
    further = [reason_label(str(one)) for one in _list(values["further_codes"])]
    if not further:
        return f"{message}."
    texts = {"message": message, "further": ", ".join(further)}
    if asin_count == 1:
        return _("%(message)s; besides: %(further)s.") % texts
    return _("%(message)s; for some of them besides: %(further)s.") % texts


def mutual_text(code: str, values: Values) -> str:
    """Say what is missing for a pallet of its own, and where the goods could go instead.

    Raises:
        LookupError, TypeError, ValueError: there are no words for the code or its figures.
    """
    own = values["store_name"]
    if MutualCause(code) is MutualCause.BALANCE_SHORT:
        why = _("%(store)s: the balance is %(missing)s short of a stand-alone pallet.") % {
            "store": own,
            "missing": _amount_text(values["missing"]),
        }
    else:
        why = _("%(store)s: too few products are ungated for a stand-alone pallet.") % {
            "store": own
        }
    if values["mutual_store_name"] is None:
        return f"{why} " + _("No mutual store could take any of them.")
    units = _whole(values["units"])
    return f"{why} " + ngettext(
        "%(mutual)s could take %(units)d unit: %(asins)s.",
        "%(mutual)s could take %(units)d units: %(asins)s.",
        units,
    ) % {
        "mutual": values["mutual_store_name"],
        "units": units,
        "asins": _asins_text(values),
    }


def rule_text(code: str) -> str:
    """Return the rule behind a reason where its name alone leaves it open; else nothing."""
    if code != ReasonCode.CART_TOO_SMALL:
        return ""
    return _(
        "The rule: a cart fills at least %s of a pallet, by volume or by weight. Carts with"
        " preordered units are exempt, and a cart that is asked for one store alone."
    ) % share_text(CART_FILL_MIN)


def reason_label(code: str) -> str:
    """Return a reason in a few words; a code of an older version as it is."""
    return _(_LABELS[ReasonCode(code)]) if code in _LABELS else code


_LABELS: Mapping[ReasonCode, str] = {
    ReasonCode.STORE_SUSPENDED: gettext_noop("the store is suspended"),
    ReasonCode.CART_TOO_SMALL: gettext_noop("all there is fills too little of a pallet"),
    ReasonCode.CURRENCY: gettext_noop("goods, client and freight have different currencies"),
    ReasonCode.EXCLUDED: gettext_noop("taken out by hand"),
    ReasonCode.PINNED: gettext_noop("set by hand"),
    ReasonCode.GATED: gettext_noop("gated"),
    ReasonCode.INVOICE_NEEDED: gettext_noop("gated, invoice needed"),
    ReasonCode.UNKNOWN_GATE: gettext_noop("nobody said whether it is ungated"),
    ReasonCode.MEASURES_MISSING: gettext_noop("weight or dimensions are missing"),
    ReasonCode.SHIPPING_PRICE_MISSING: gettext_noop("the shipping prices are missing"),
    ReasonCode.TOO_LARGE: gettext_noop("larger than the marketplace's pallet"),
    ReasonCode.NO_STOCK: gettext_noop("no stock is left"),
    ReasonCode.CASE_PACK: gettext_noop("less than a case pack is left"),
    ReasonCode.TOO_MANY_STORES: gettext_noop("enough stores of the marketplace have it"),
    ReasonCode.CAP: gettext_noop("the store's cap per ASIN leaves no room for a case pack"),
    ReasonCode.STORE_CAP: gettext_noop("the store's cap per run leaves no room for a case pack"),
    ReasonCode.DEMAND: gettext_noop("the store is not expected to sell more"),
    ReasonCode.BALANCE_SHORT: gettext_noop("the balance is too low"),
    ReasonCode.NO_GAIN: gettext_noop("it would cost more freight than it earns"),
}
_LIMITED: Mapping[ReasonCode, str] = {
    ReasonCode.NO_STOCK: gettext_noop("none of the %(limit)d units is left"),
    ReasonCode.CASE_PACK: gettext_noop("less than a case pack of %(limit)d is left"),
    ReasonCode.PINNED: gettext_noop("set to %(limit)d units by hand"),
    ReasonCode.DEMAND: gettext_noop("no more than %(limit)d units are expected to sell there"),
    ReasonCode.TOO_MANY_STORES: gettext_noop(
        "%(limit)d stores of the marketplace have it, and no more may"
    ),
}
_CAPS = frozenset({ReasonCode.CAP, ReasonCode.STORE_CAP})


def _limit_text(blocker: Values) -> str:
    code = ReasonCode(str(blocker["code"]))
    if blocker["missing"] is not None and blocker.get("preorder") is not None:
        return _preorder_short_text(blocker)
    if blocker["missing"] is not None:
        return _("balance short by %s") % _amount_text(blocker["missing"])
    limit = _whole_or_none(blocker["limit"])
    if limit is not None and code in _CAPS:
        return _cap_text(code, limit, blocker)
    if limit is not None and code in _LIMITED:
        return _(_LIMITED[code]) % {"limit": limit}
    return reason_label(code)


def _preorder_short_text(blocker: Values) -> str:
    told = {"amount": _amount_text(blocker["missing"]), "preorder": blocker["preorder"]}
    pack = _whole_or_none(blocker.get("pack"))
    if pack is None:
        # Runs of an older version did not keep it.
        return _("balance short by %(amount)s for the arrived preorder %(preorder)s") % told
    text = ngettext(
        "balance short by %(amount)s for the first unit of the arrived preorder %(preorder)s",
        "balance short by %(amount)s for the first %(units)d units of the arrived preorder "
        "%(preorder)s",
        pack,
    )
    return text % {**told, "units": pack}


def _cap_text(code: ReasonCode, limit: int, blocker: Values) -> str:
    """Say that a cap is reached only where it is; else how little it leaves."""
    left = _whole_or_none(blocker.get("left"))
    pack = _whole_or_none(blocker.get("pack"))
    is_per_run = code is ReasonCode.STORE_CAP
    if left == 0:
        reached = (
            _("the store's cap of %(limit)d units per run is reached")
            if is_per_run
            else _("the store's cap of %(limit)d units per ASIN is reached")
        )
        return reached % {"limit": limit}
    if left is None or pack is None:
        # Runs of an older version kept neither, and so do ASINs that differ in it.
        return reason_label(code)
    cap = (_("%d per run") if is_per_run else _("%d per ASIN")) % limit
    return ngettext(
        "only %(left)d unit is left of the store's cap of %(cap)s, fewer than a case pack of"
        " %(pack)d",
        "only %(left)d units are left of the store's cap of %(cap)s, fewer than a case pack of"
        " %(pack)d",
        left,
    ) % {"left": left, "cap": cap, "pack": pack}


def _waited(days: int | None) -> str:
    if days is None:
        return _("no pallet so far")
    return ngettext("%d day since the last pallet", "%d days since the last pallet", days) % days


def _asins_text(values: Values) -> str:
    asins = [str(asin) for asin in _list(values["asins"])]
    named = ", ".join(asins)
    count = _whole(values["asin_count"])
    if count <= len(asins):
        return named
    return _("%(count)d ASINs (%(named)s and %(more)d more)") % {
        "count": count,
        "named": named,
        "more": count - len(asins),
    }


def _amount_text(stored: object) -> str:
    amount = read_money(stored)
    if amount is None:
        raise ValueError(f"{stored!r} is no amount")
    return figure_text(amount)


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is no whole number")
    return value


def _whole_or_none(value: object) -> int | None:
    return None if value is None else _whole(value)


def _list(value: object) -> Sequence[object]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is no list")
    return value


def _objects(value: object) -> list[Values]:
    objects: list[Values] = [one for one in _list(value) if isinstance(one, dict)]
    if len(objects) != len(_list(value)):
        raise TypeError(f"{value!r} holds more than objects")
    return objects
