"""Why this quantity: an order line by line, so that a purchaser can add it up again."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from umschlag.intelligence.forecasting.lead_times import LeadTimeSource
from umschlag.intelligence.forecasting.order_money import OrderStep, holding_days
from umschlag.intelligence.forecasting.service_level import LevelBasis
from umschlag.intelligence.forecasting.uncertain_lead_times import SpreadBasis
from umschlag.intelligence.movement.model import ReasonValue
from umschlag.kernel.money import Money
from umschlag.wiring.amounts import count_text, decimal_text, money_text

Figure = int | float | Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the arithmetic: a sign (empty, +, −, ×, =), what it is, and its figure."""

    sign: str
    text: str
    figure: Figure

    @property
    def is_sum(self) -> bool:
        """Whether the lines above come to this."""
        return self.sign == "="

    def __str__(self) -> str:
        """Return the figure as the reader's language writes it."""
        if isinstance(self.figure, Money):
            return money_text(self.figure)
        if isinstance(self.figure, int):
            return count_text(self.figure)
        # As many digits as the figure was rounded to: the sums are made from these.
        return decimal_text(self.figure, 1 if round(self.figure, 1) == self.figure else 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arithmetic:
    """The three sums of an order: when, how much, and what for. Empty where figures are missing."""

    when: tuple[Line, ...] = ()
    how_much: tuple[Line, ...] = ()
    money: tuple[Line, ...] = ()


def order_arithmetic(
    values: Mapping[str, ReasonValue], step: OrderStep | None, *, units: int
) -> Arithmetic:
    """Return the arithmetic of an order of so many units; of one made by an older version, none."""
    try:
        return Arithmetic(
            when=_when(values),
            how_much=_how_much(values, units),
            money=_money(values, step) if step is not None else (),
        )
    except (KeyError, TypeError):
        return Arithmetic()


def _when(values: Mapping[str, ReasonValue]) -> tuple[Line, ...]:
    days = count_text(_whole(values, "lead_time_days"))
    source = lead_time_text(values)
    position = _whole(values, "available_units") + _whole(values, "on_order_units")
    # Orders of an older version were reckoned without the spread of lead times.
    spread = _whole(values, "lead_time_spread_units") if _has_spread(values) else 0
    lines = [
        Line(
            sign="",
            text=_("expected to sell in %(days)s days of lead time (%(source)s)")
            % {"days": days, "source": source}
            + _taken_over(values),
            figure=_real(values, "lead_time_mean_units"),
        ),
        Line(
            sign="+",
            text=_("safety stock, to suffice in %(percent)s %% of cases (%(basis)s)")
            % {"percent": values["service_percent"], "basis": level_text(values)},
            figure=round(_real(values, "safety_stock_units") - spread, 1),
        ),
    ]
    if _has_spread(values):
        lines.append(Line(sign="+", text=spread_text(values), figure=spread))
    return (
        *lines,
        Line(sign="=", text=_("reorder point"), figure=_whole(values, "reorder_point_units")),
        Line(sign="", text=_("available"), figure=_whole(values, "available_units")),
        Line(sign="+", text=_("on order"), figure=_whole(values, "on_order_units")),
        Line(sign="=", text=_("not above the reorder point: to be ordered"), figure=position),
    )


def _has_spread(values: Mapping[str, ReasonValue]) -> bool:
    return "lead_time_spread_units" in values


def _up_to(values: Mapping[str, ReasonValue]) -> list[Line]:
    """Return what is ordered up to, in two parts where lead times that spread ask for more."""
    up_to = _whole(values, "order_up_to_units")
    text = _("order up to: enough for %s days, lead time and the week to the next order") % (
        count_text(_whole(values, "coverage_days"))
    )
    spread = _whole(values, "order_up_to_spread_units") if _has_spread(values) else 0
    if not spread:
        return [Line(sign="", text=text, figure=up_to)]
    return [
        Line(sign="", text=text, figure=up_to - spread),
        Line(sign="+", text=_("more, since lead times spread"), figure=spread),
        Line(sign="=", text=_("order up to"), figure=up_to),
    ]


def _taken_over(values: Mapping[str, ReasonValue]) -> str:
    if "predecessors" not in values:
        return ""
    text = _(", with what %(predecessors)s sold before it")
    return text % {"predecessors": values["predecessors"]}


def _how_much(values: Mapping[str, ReasonValue], units: int) -> tuple[Line, ...]:
    up_to = _whole(values, "order_up_to_units")
    position = _whole(values, "available_units") + _whole(values, "on_order_units")
    missing = up_to - position
    lines = [
        *_up_to(values),
        Line(sign="−", text=_("available and on order"), figure=position),
        Line(sign="=", text=_("missing"), figure=missing),
    ]
    whole = _whole(values, "units")
    if whole != missing:
        text = _("more, to reach the minimum order of %(minimum)s in packs of %(pack)s")
        lines.append(Line(sign="+", text=text % _packs(values), figure=whole - missing))
    if units != whole:
        lines.append(Line(sign="−", text=_("not within the budget"), figure=whole - units))
    if lines[-1].sign != "=":
        lines.append(Line(sign="=", text=_("to order"), figure=units))
    return tuple(lines)


def _packs(values: Mapping[str, ReasonValue]) -> dict[str, str]:
    return {
        "minimum": count_text(_whole(values, "order_units_min")),
        "pack": count_text(_whole(values, "pack_units")),
    }


def _fees(values: Mapping[str, ReasonValue], *, currency: str) -> Line:
    if "unit_fees" in values:
        told = _("marketplace fees without advertising, of the last 90 days told")
        return Line(sign="−", text=told, figure=_amount(values, "unit_fees"))
    untold = _("marketplace fees: none were told in 90 days, so that it earns less than this")
    return Line(sign="−", text=untold, figure=Money(0, currency))


def _money(values: Mapping[str, ReasonValue], step: OrderStep) -> tuple[Line, ...]:
    net, cost, margin = (
        _amount(values, f"unit_{name}") for name in ("net_price", "cost", "margin")
    )
    earned = Money(step.margin_minor, margin.currency)
    left = round(step.units - step.extra_units, 2)
    coverage_days = _whole(values, "coverage_days")
    days = coverage_days
    # Orders from before holding went on until the sale were reckoned without it.
    if "demand_a_day_units" in values:
        rate = _real(values, "demand_a_day_units")
        days = holding_days(left, coverage_days=coverage_days, daily_units=rate)
    holding_text = _(
        "holding: %(left)s units that may be left × %(cost)s × %(percent)s %% a year × %(days)s ÷ "
        "365 days (%(coverage)s until the next goods, then half of the time in which they sell)"
    ) % {
        "coverage": count_text(coverage_days),
        "left": decimal_text(left, 2),
        "cost": money_text(cost),
        "percent": decimal_text(_real(values, "holding_percent"), 1),
        "days": count_text(days),
    }
    return (
        Line(sign="", text=_("price of a unit, net of VAT"), figure=net),
        Line(sign="−", text=_("its cost"), figure=cost),
        _fees(values, currency=margin.currency),
        Line(sign="=", text=_("a unit earns"), figure=margin),
        Line(
            sign="×",
            text=_("sales that would be lost without the order, of %s units")
            % count_text(step.units),
            figure=step.extra_units,
        ),
        Line(sign="=", text=_("earned"), figure=earned),
        Line(sign="−", text=holding_text, figure=Money(step.holding_minor, margin.currency)),
        Line(
            sign="=",
            text=_("what the order is expected to earn"),
            figure=Money(step.money_minor, margin.currency),
        ),
    )


def lead_time_text(values: Mapping[str, ReasonValue]) -> str:
    """Return where the lead time comes from."""
    source = values.get("lead_time_source")
    if source == LeadTimeSource.MEASURED:
        orders = values.get("lead_time_orders", 0)
        return _("measured on %s orders of the supplier") % count_text(int(str(orders)))
    if source == LeadTimeSource.SUPPLIER:
        return _("of the supplier's other articles, as the ERP tells")
    if source == LeadTimeSource.SETTING:
        return _("the setting: nobody told one")
    return _("as the ERP tells")


def spread_text(values: Mapping[str, ReasonValue]) -> str:
    """Return what the safety stock for spreading lead times stands on."""
    orders = count_text(int(str(values.get("lead_time_orders", 0))))
    if values.get("lead_time_spread_basis") == SpreadBasis.MIXED:
        how = _("demand mixed over the lead times of %s orders") % orders
    else:
        how = _("the textbook’s variance, as %s orders are too few to mix over") % orders
    if "lead_time_days_late" not in values:
        return _("safety stock, since lead times spread (%s)") % how
    return _(
        "safety stock, since lead times spread: nine of ten orders within %(days)s days (%(how)s)"
    ) % {
        "days": count_text(_whole(values, "lead_time_days_late")),
        "how": how,
    }


def level_text(values: Mapping[str, ReasonValue]) -> str:
    """Return what the service level was chosen by."""
    basis = values.get("service_basis")
    if basis == LevelBasis.MONEY:
        return _("by money")
    return _("its ABC class") if basis == LevelBasis.CLASS else _("one for all")


def _whole(values: Mapping[str, ReasonValue], name: str) -> int:
    value = values[name]
    if not isinstance(value, int):
        raise TypeError(f"{name} is no whole number: {value!r}")
    return value


def _real(values: Mapping[str, ReasonValue], name: str) -> float:
    value = values[name]
    if not isinstance(value, int | float):
        raise TypeError(f"{name} is no number: {value!r}")
    return float(value)


def _amount(values: Mapping[str, ReasonValue], name: str) -> Money:
    value = values[name]
    if not isinstance(value, Money):
        raise TypeError(f"{name} is no amount: {value!r}")
    return value
