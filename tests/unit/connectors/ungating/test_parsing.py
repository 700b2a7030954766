"""The software's words as answers: what is not clearly Yes is not Yes."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.agency import an_ungating_row
from umschlag.allocation.ungating.model import GateAnswer
from umschlag.connectors.ungating.null import RecordedUngating
from umschlag.connectors.ungating.parsing import parse_answer, parse_answers


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Yes", GateAnswer.YES),
        (" YES ", GateAnswer.YES),
        ("No", GateAnswer.NO),
        ("no.", GateAnswer.NO),
        ("No, Invoice Needed", GateAnswer.INVOICE_NEEDED),
        ("No - Invoice Needed", GateAnswer.INVOICE_NEEDED),
        ("NO – invoice  needed", GateAnswer.INVOICE_NEEDED),
        ("no invoice needed", GateAnswer.INVOICE_NEEDED),
        ("Invoice Needed", GateAnswer.UNKNOWN),
        ("Yes, Invoice Needed", GateAnswer.UNKNOWN),
        ("Not yet", GateAnswer.UNKNOWN),
        ("Y", GateAnswer.UNKNOWN),
        ("", GateAnswer.UNKNOWN),
    ],
)
def test_an_answer_is_read_in_any_spelling_and_otherwise_unknown(text, answer):
    assert parse_answer(text) is answer


@given(text=st.text())
def test_only_a_yes_is_a_yes(text):
    is_yes = parse_answer(text) is GateAnswer.YES

    assert not is_yes or "".join(filter(str.isalpha, text)).lower() == "yes"


@pytest.mark.parametrize("said", [True, 1, None, ["Yes"]])
def test_what_is_no_text_is_unknown_and_kept_as_it_was_said(said):
    (row,) = parse_answers([an_ungating_row(answer=said)]).rows

    assert row.answer is GateAnswer.UNKNOWN
    assert row.said == repr(said)


@pytest.mark.parametrize("field", ["store_id", "asin", "updated_at"])
def test_an_answer_about_nothing_is_a_problem(field):
    parsed = parse_answers([an_ungating_row(**{field: None})])

    assert not parsed.rows
    assert parsed.problems[0].place == f"ungating, row 1, {field}"


def test_recorded_answers_respect_since():
    recorded = RecordedUngating(
        recorded=[an_ungating_row(), an_ungating_row(updated_at="2026-03-09T06:00:00+00:00")]
    )

    told = recorded.answers(updated_since=datetime(2026, 3, 9, tzinfo=UTC))

    assert [row.updated_at.day for row in told.rows] == [9]
    assert len(recorded.answers().rows) == 2
