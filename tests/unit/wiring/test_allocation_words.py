import json
from dataclasses import replace

import pytest
from django.utils import translation
from hypothesis import given, settings

from builders.allocation import an_asin
from builders.allocation_strategies import problems
from umschlag.allocation.planning.explanation import line_reasons
from umschlag.allocation.planning.model import (
    Blocker,
    LineReason,
    MutualCause,
    MutualProposal,
    ReasonCode,
    Refusal,
)
from umschlag.allocation.planning.priority_loop import plan_by_priority
from umschlag.kernel.identifiers import ClientId, StoreId
from umschlag.storage.records.reasons import (
    ASINS_NAMED_MAX,
    LINE_CODE,
    line_values,
    mutual_values,
    refusal_values,
)
from umschlag.wiring.allocation_words import (
    cart_limit_text,
    line_text,
    mutual_text,
    reason_label,
    refusal_text,
    rule_text,
)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def told_line(reason):
    return line_text(LINE_CODE, through_json(line_values(reason, "EUR")))


def told_refusal(refusal):
    return refusal_text(refusal.code.value, through_json(refusal_values(refusal, "EUR")))


def told_proposal(proposal):
    values = mutual_values(proposal, "EUR", {1: "Own", 2: "Shared"})
    return mutual_text(proposal.cause.value, through_json(values))


def through_json(values):
    return json.loads(json.dumps(values))


def a_refusal(**values):
    return Refusal(
        **{
            "store_id": StoreId(1),
            "client_id": ClientId(1),
            "code": ReasonCode.GATED,
            "asins": (an_asin(1),),
            **values,
        }
    )


def a_reason(**values):
    return LineReason(
        **{
            "store_id": StoreId(1),
            "asin": an_asin(1),
            "preorder_units": 0,
            "stock_age_days": 90,
            "client_priority": 1,
            "days_since_last_pallet": 12,
            "limited_by": (),
            **values,
        }
    )


def a_proposal(**values):
    return MutualProposal(
        **{
            "client_id": ClientId(1),
            "store_id": StoreId(1),
            "mutual_store_id": StoreId(2),
            "cause": MutualCause.BALANCE_SHORT,
            "missing_minor": 4120,
            "units": 5,
            "asins": (an_asin(1),),
            **values,
        }
    )


@pytest.mark.parametrize("code", list(ReasonCode))
def test_every_reason_has_words(code):
    assert reason_label(code)
    assert told_refusal(a_refusal(code=code)).startswith("B000000001: ")


def test_a_balance_that_is_short_is_said_with_its_exact_amount():
    refusal = a_refusal(code=ReasonCode.BALANCE_SHORT, missing_minor=4120)

    assert told_refusal(refusal) == "B000000001: balance short by €41.20."


def test_of_an_unpaid_preorder_its_number_is_said_with_the_amount():
    refusal = a_refusal(
        code=ReasonCode.BALANCE_SHORT, missing_minor=1480, preorder_external_id="7003"
    )

    assert told_refusal(refusal) == (
        "B000000001: balance short by €14.80 for the arrived preorder 7003."
    )


@pytest.mark.parametrize(
    ("pack_units", "units"), [(1, "the first unit of"), (24, "the first 24 units of")]
)
def test_of_an_unpaid_preorder_the_case_pack_that_is_short_is_said(pack_units, units):
    refusal = a_refusal(
        code=ReasonCode.BALANCE_SHORT,
        missing_minor=1480,
        preorder_external_id="7003",
        pack_units=pack_units,
    )

    assert told_refusal(refusal) == (
        f"B000000001: balance short by €14.80 for {units} the arrived preorder 7003."
    )


def test_of_several_asins_the_amount_is_that_of_the_cheapest():
    refusal = a_refusal(
        code=ReasonCode.BALANCE_SHORT, missing_minor=1, asins=(an_asin(1), an_asin(2))
    )

    assert "€0.01 for the cheapest of them" in told_refusal(refusal)


@settings(max_examples=80, deadline=None)
@given(problems())
def test_a_cap_is_said_to_be_reached_only_where_it_is(problem):
    plan = plan_by_priority(problem)

    for reason in line_reasons(problem, plan):
        given_units = sum(line.units for line in plan.lines_of(reason.store_id))
        cap = problem.stores[reason.store_id].total_units_max
        limits = tuple(one for one in reason.limited_by if one.code is ReasonCode.STORE_CAP)
        message = told_line(replace(reason, limited_by=limits))
        assert ("is reached" in message) == (given_units == cap)
        assert ("fewer than a case pack" in message) == (bool(limits) and given_units != cap)


@pytest.mark.parametrize("code", [ReasonCode.CAP, ReasonCode.STORE_CAP])
@pytest.mark.parametrize(
    ("left", "pack", "words"),
    [
        (0, 24, "the store's cap of 400 units per "),
        (15, 24, "only 15 units are left of the store's cap of 400 per "),
        (1, 24, "only 1 unit is left of the store's cap of 400 per "),
        (None, None, "leaves no room for a case pack"),
    ],
)
def test_a_cap_is_said_with_what_it_leaves(code, left, pack, words):
    refusal = a_refusal(code=code, limit=400, left_units=left, pack_units=pack)

    message = told_refusal(refusal)

    assert words in message
    assert ("per run" in message) == (code is ReasonCode.STORE_CAP)
    assert ("of 24" in message) == (left in {1, 15})


def values_of(*limits):
    return through_json(line_values(a_reason(limited_by=limits), "EUR"))


def test_a_cap_that_stops_every_line_is_said_once_a_cart():
    caps = [
        Blocker(code=ReasonCode.STORE_CAP, limit=400, left_units=15, pack_units=pack)
        for pack in (24, 18)
    ]
    lines = [values_of(cap) for cap in caps]

    assert cart_limit_text(lines) == (
        "No line can be larger: only 15 units are left of the store's cap of 400 per run, "
        "fewer than a case pack of 18."
    )
    told = frozenset({ReasonCode.STORE_CAP})
    assert "No more because" not in line_text(LINE_CODE, lines[0], told=told)


def test_a_cap_that_leaves_room_for_one_line_stays_with_the_others():
    cap = Blocker(code=ReasonCode.STORE_CAP, limit=400, left_units=15, pack_units=24)

    assert not cart_limit_text([values_of(cap), values_of()])
    assert not cart_limit_text([])


def test_the_rule_for_small_carts_is_said_with_its_number():
    assert "at least 10\N{NO-BREAK SPACE}% of a pallet" in rule_text(ReasonCode.CART_TOO_SMALL)
    assert not rule_text(ReasonCode.GATED)


def test_one_unit_for_a_mutual_store_is_one_unit():
    assert "could take 1 unit: " in told_proposal(a_proposal(units=1))


def test_what_else_stood_in_the_way_is_said_too():
    refusal = a_refusal(further_codes=(ReasonCode.BALANCE_SHORT,))

    assert told_refusal(refusal) == "B000000001: gated; besides: the balance is too low."


def test_many_asins_are_counted_and_not_all_named():
    many = tuple(an_asin(number) for number in range(ASINS_NAMED_MAX + 3))

    message = told_refusal(a_refusal(asins=many))

    assert message.startswith(f"{len(many)} ASINs (")
    assert "and 3 more" in message
    assert many[-1] not in message


def test_a_line_says_why_it_is_there_and_why_it_is_not_larger():
    limits = (Blocker(code=ReasonCode.NO_STOCK, limit=100),)

    assert told_line(a_reason(preorder_units=10, limited_by=limits)) == (
        "10 preordered units. Stock is 90 days old. Priority High, 12 days since the last pallet. "
        "No more because: none of the 100 units is left."
    )


def test_a_client_that_never_had_a_pallet_is_not_said_to_have_waited():
    assert "no pallet so far" in told_line(a_reason(days_since_last_pallet=None))


def test_a_proposal_names_the_amount_the_store_and_the_goods():
    assert told_proposal(a_proposal()) == (
        "Own: the balance is €41.20 short of a stand-alone pallet. "
        "Shared could take 5 units: B000000001."
    )


def test_a_proposal_without_a_store_says_so():
    proposal = a_proposal(
        mutual_store_id=None, cause=MutualCause.TOO_FEW_UNGATED, units=0, asins=()
    )

    assert told_proposal(proposal) == (
        "Own: too few products are ungated for a stand-alone pallet. "
        "No mutual store could take any of them."
    )


def test_amounts_are_written_as_the_language_writes_them():
    refusal = a_refusal(code=ReasonCode.BALANCE_SHORT, missing_minor=123_456)

    with translation.override("de"):
        assert "1.234,56\N{NO-BREAK SPACE}€" in told_refusal(refusal)
        assert "1.234,56\N{NO-BREAK SPACE}€" in told_proposal(a_proposal(missing_minor=123_456))


def test_a_code_without_words_is_its_own_label():
    assert reason_label("full_moon") == "full_moon"
