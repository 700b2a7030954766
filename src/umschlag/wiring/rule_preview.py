"""What a Penner/Renner rule would match, before it is saved."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import numpy as np

from umschlag.intelligence.movement.classification import matches
from umschlag.intelligence.movement.model import MovementRule, RuleScope, Verdict
from umschlag.kernel.errors import BadInput
from umschlag.kernel.money import Money
from umschlag.settings import Settings
from umschlag.wiring.classifying import stock_value_of
from umschlag.wiring.existing_articles import newest_date_of
from umschlag.wiring.lake import open_lake
from umschlag.wiring.movement_evidence import read_evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePreview:
    """How many articles a rule would match now, and the value of their stock.

    Of a warehouse's rule that is the stock in that warehouse.
    """

    count: int
    value: Money
    value_unknown_count: int
    """Matched articles that `value` leaves out: their stock or cost is unknown."""


def preview_rule(settings: Settings, rule_values: Mapping[str, object]) -> RulePreview:
    """Return what a rule of these values would match now if it were asked first.

    The values are those of the rule's form; `name`, `priority` and whether it is enabled do not
    matter.

    Raises:
        BadInput: the rule could never match, or a value is none of its field; it is named.
        NotFound: the history is empty.
    """
    rule = _rule_from(rule_values)
    lake = open_lake(settings)
    day = newest_date_of(lake)
    evidence = read_evidence(settings, lake, day, [rule])
    matched, seen = matches(rule, evidence)
    value = seen.articles.stock_value_minor
    return RulePreview(
        count=int(matched.sum()),
        value=stock_value_of(settings, seen.articles, matched),
        value_unknown_count=int((matched & np.isnan(value)).sum()),
    )


def _rule_from(values: Mapping[str, object]) -> MovementRule:
    return MovementRule(
        name=str(values.get("name") or "preview"),
        verdict=_choice(Verdict, values, "verdict"),
        scope=_choice(RuleScope, values, "scope", default=RuleScope.ALL),
        scope_value=str(values.get("scope_value") or ""),
        days_sold_threshold=_number(values, "days_sold_threshold", int),
        stock_turnover_threshold=_number(values, "stock_turnover_threshold", float),
        stock_units_min=_number(values, "stock_units_min", int),
        stock_value_minor_min=_number(values, "stock_value_minor_min", int),
        days_of_supply_max=_number(values, "days_of_supply_max", int),
        price_minor_min=_number(values, "price_minor_min", int),
        price_minor_max=_number(values, "price_minor_max", int),
    )


_Choice = TypeVar("_Choice", bound=StrEnum)
_Number = TypeVar("_Number", int, float)


def _choice(
    kind: type[_Choice], values: Mapping[str, object], field: str, default: _Choice | None = None
) -> _Choice:
    value = values.get(field) or default
    try:
        return kind(str(value))
    except ValueError:
        known = ", ".join(kind)
        raise BadInput(f"{field} is one of {known}, not {value!r}", field=field) from None


def _number(
    values: Mapping[str, object], field: str, kind: Callable[[str], _Number]
) -> _Number | None:
    value = values.get(field)
    if value is None or value == "":
        return None
    try:
        number = kind(str(value))
    except ValueError:
        raise BadInput(f"{field}: {value!r} is no number", field=field) from None
    if not 0 <= number < math.inf:
        raise BadInput(f"{field} cannot be {value}", field=field)
    return number
