"""A record says why in the language of whoever looks, whatever language it was made in."""

import pytest
from django.utils import translation

from umschlag.storage.records.models import (
    ArticleMovement,
    CartLine,
    MutualStoreProposal,
    Proposal,
    RunRefusal,
)
from umschlag.wiring.stored_reasons import reason_text

AMOUNT = {"minor": 460_428, "currency": "EUR"}
ASINS = {"asins": ["B000000001"], "asin_count": 1}
MOVEMENT = ArticleMovement(
    reason_code="idle",
    reason_values={
        "idle_days": 120,
        "threshold_days": 90,
        "last_sale_date": "2026-05-07",
        "on_hand_units": 1_200,
        "stock_value": AMOUNT,
    },
)
PROPOSAL = Proposal(
    reason_code="liquidate",
    reason_values={
        "idle_days": 120,
        "percent": 30,
        "units": 1_200,
        "price": AMOUNT,
        "proceeds": AMOUNT,
    },
)
LINE = CartLine(
    reason_code="by_priority",
    reason_values={
        "preorder_units": 0,
        "stock_age_days": 40,
        "client_priority": 3,
        "days_since_last_pallet": None,
        "limited_by": [{"code": "balance_short", "limit": None, "missing": AMOUNT}],
    },
)
REFUSAL = RunRefusal(
    reason_code="cap",
    reason_values={**ASINS, "limit": 30, "missing": None, "further_codes": ["gated"]},
)
MUTUAL = MutualStoreProposal(
    reason_code="balance_short",
    reason_values={
        **ASINS,
        "store_name": "Own",
        "mutual_store_name": "Shared",
        "missing": AMOUNT,
        "units": 5,
    },
)
ALL = [MOVEMENT, PROPOSAL, LINE, REFUSAL, MUTUAL]


@pytest.mark.parametrize("record", ALL, ids=lambda record: type(record).__name__)
def test_a_record_is_read_in_two_languages(record):
    texts = {}
    for language in ("en", "de"):
        with translation.override(language):
            texts[language] = reason_text(record)

    assert texts["en"].endswith(".")
    assert texts["de"].endswith(".")
    assert texts["en"] != texts["de"]
    assert "{" not in texts["en"] + texts["de"]


def test_money_and_dates_are_written_as_the_language_writes_them():
    with translation.override("en"):
        assert "€4,604.28" in reason_text(MOVEMENT)
    with translation.override("de"):
        german = reason_text(MOVEMENT)
    assert "4.604,28\N{NO-BREAK SPACE}€" in german
    assert "7. Mai 2026" in german


@pytest.mark.parametrize("kind", [type(record) for record in ALL])
@pytest.mark.parametrize(
    "values", [{}, {"moon": "full"}, {"asins": 3, "asin_count": "many"}, {"limited_by": [1]}]
)
def test_a_code_of_an_older_version_is_shown_as_it_is(kind, values):
    text = reason_text(kind(reason_code="full_moon", reason_values=values))

    assert text.startswith("full_moon")
    assert all(name in text for name in values)


@pytest.mark.parametrize("record", ALL, ids=lambda record: type(record).__name__)
def test_figures_that_are_missing_take_no_page_down(record):
    assert reason_text(type(record)(reason_code=record.reason_code)) == record.reason_code


def test_an_amount_in_an_unknown_currency_takes_no_page_down():
    values = {**MOVEMENT.reason_values, "stock_value": {"minor": 1, "currency": "XXX"}}

    text = reason_text(ArticleMovement(reason_code="idle", reason_values=values))

    assert '"currency": "XXX"' in text
