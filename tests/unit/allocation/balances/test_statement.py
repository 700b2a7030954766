from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from umschlag.allocation.balances.statement import (
    NotDeducted,
    StatementLine,
    require_deducted,
    statement_of,
)

AT = datetime(2026, 3, 2, tzinfo=UTC)


def a_line(number, change_minor):
    return StatementLine(
        number=number, booked_at=AT, kind="panel", note="", change_minor=change_minor
    )


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(-(10**9), 10**9)))
def test_a_statement_adds_up_from_its_opening_to_its_closing_balance(opening, changes):
    lines = [a_line(number, change) for number, change in enumerate(changes)]

    made = statement_of(lines, opening_minor=opening)

    assert made.closing_minor == opening + sum(changes)
    before = opening
    for line in made.lines:
        assert line.balance_minor == before + line.change_minor
        before = line.balance_minor


def test_no_more_is_settled_than_was_deducted():
    require_deducted(300, settled_minor=200, deducted_minor=500)

    with pytest.raises(NotDeducted):
        require_deducted(301, settled_minor=200, deducted_minor=500)
