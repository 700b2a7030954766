import json
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.allocation import an_asin
from umschlag.allocation.planning.model import MutualCause, MutualProposal, ReasonCode, Refusal
from umschlag.kernel.identifiers import ClientId, StoreId
from umschlag.kernel.money import MINOR_DIGITS, Money
from umschlag.storage.records.reasons import (
    ASINS_NAMED_MAX,
    mutual_values,
    read_money,
    read_values,
    refusal_values,
    stored_values,
)

NUMBERS = st.one_of(
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False),
    st.just(float("inf")),
    st.builds(Money, st.integers(-(10**12), 10**12), st.sampled_from(sorted(MINOR_DIGITS))),
    st.sampled_from(["", "Lamps", "ß – 2"]),
)


def through_json(stored):
    """Return what a database hands back: its JSON has no infinity and no nan."""
    return json.loads(json.dumps(stored, allow_nan=False))


@given(
    st.dictionaries(st.sampled_from(["units", "turnover", "price", "name"]), NUMBERS),
    st.dictionaries(st.just("last_sale_date"), st.dates()),
)
def test_figures_come_back_as_they_were(figures, dates):
    values = figures | dates

    assert read_values(through_json(stored_values(values))) == values


def test_numbers_that_numpy_counted_are_numbers_to_json():
    values = {"units": np.int64(3), "turnover": np.float64(0.25)}

    assert through_json(stored_values(values)) == {"units": 3, "turnover": 0.25}


def test_dates_and_money_are_readable_by_others():
    stored = stored_values({"last_sale_date": date(2026, 5, 5), "price": Money(150, "EUR")})

    assert stored == {
        "last_sale_date": "2026-05-05",
        "price": {"minor": 150, "currency": "EUR"},
    }


@pytest.mark.parametrize(
    "stored", [{"price": {"minor": 1}}, {"price": ["EUR"]}, {"last_sale_date": "yesterday"}]
)
def test_a_figure_that_none_can_be_is_refused(stored):
    with pytest.raises(ValueError, match=r"price|yesterday"):
        read_values(stored)


@pytest.mark.parametrize("stored", [None, 5, {}, {"minor": "1", "currency": "EUR"}])
def test_what_is_no_amount_is_none(stored):
    assert read_money(stored) is None


def test_of_many_asins_the_first_are_named_and_all_are_counted():
    refusal = Refusal(
        store_id=StoreId(1),
        client_id=ClientId(1),
        code=ReasonCode.BALANCE_SHORT,
        asins=tuple(an_asin(number) for number in range(ASINS_NAMED_MAX + 3)),
        missing_minor=4120,
        further_codes=(ReasonCode.CAP,),
    )

    values = through_json(refusal_values(refusal, "EUR"))

    assert values["asins"] == list(refusal.asins[:ASINS_NAMED_MAX])
    assert values["asin_count"] == ASINS_NAMED_MAX + 3
    assert read_money(values["missing"]) == Money(4120, "EUR")
    assert values["further_codes"] == ["cap"]


@pytest.mark.parametrize(("mutual_store_id", "name"), [(StoreId(2), "Shared"), (None, None)])
def test_a_proposal_keeps_the_names_of_its_stores(mutual_store_id, name):
    proposal = MutualProposal(
        client_id=ClientId(1),
        store_id=StoreId(1),
        mutual_store_id=mutual_store_id,
        cause=MutualCause.TOO_FEW_UNGATED,
        missing_minor=0,
        units=5,
        asins=(an_asin(1),),
    )

    values = mutual_values(proposal, "EUR", {1: "Own", 2: "Shared"})

    assert (values["store_name"], values["mutual_store_name"]) == ("Own", name)
