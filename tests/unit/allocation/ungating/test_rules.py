from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from umschlag.allocation.ungating.model import GateAnswer, GateClaim, GateSource, is_gated
from umschlag.allocation.ungating.rules import verdict_of

EARLY = datetime(2026, 1, 1, tzinfo=UTC)
LATE = datetime(2026, 2, 1, tzinfo=UTC)


def a_claim(answer, source=GateSource.SOFTWARE, checked_at=EARLY):
    return GateClaim(answer=answer, source=source, checked_at=checked_at)


@pytest.mark.parametrize("answer", list(GateAnswer))
def test_everything_but_a_clear_yes_is_gated(answer):
    assert is_gated(answer) is (answer is not GateAnswer.YES)


def test_nobody_having_said_anything_is_unknown_and_so_gated():
    verdict = verdict_of([])

    assert verdict.answer is GateAnswer.UNKNOWN
    assert is_gated(verdict.answer)


def test_a_hand_entry_outranks_amazon_and_amazon_the_software_however_new():
    software = a_claim(GateAnswer.YES, GateSource.SOFTWARE, LATE)
    amazon = a_claim(GateAnswer.NO, GateSource.AMAZON, EARLY)
    manual = a_claim(GateAnswer.INVOICE_NEEDED, GateSource.MANUAL, EARLY)

    assert verdict_of([software, amazon]).answer is GateAnswer.NO
    assert verdict_of([software, amazon, manual]).answer is GateAnswer.INVOICE_NEEDED


def test_of_one_source_the_newest_answer_counts():
    claims = [a_claim(GateAnswer.YES, checked_at=LATE), a_claim(GateAnswer.NO, checked_at=EARLY)]

    verdict = verdict_of(claims)

    assert verdict.answer is GateAnswer.YES
    assert not verdict.is_contradicted


def test_sources_that_disagree_are_reported():
    claims = [a_claim(GateAnswer.YES), a_claim(GateAnswer.NO, GateSource.AMAZON)]

    assert verdict_of(claims).is_contradicted


def test_unknown_is_no_answer_and_outranks_nothing():
    claims = [a_claim(GateAnswer.UNKNOWN, GateSource.MANUAL), a_claim(GateAnswer.NO)]

    verdict = verdict_of(claims)

    assert (verdict.answer, verdict.is_contradicted) == (GateAnswer.NO, False)


@given(
    st.lists(
        st.builds(
            a_claim,
            st.sampled_from(GateAnswer),
            st.sampled_from(GateSource),
            st.sampled_from([EARLY, LATE]),
        )
    )
)
def test_no_yes_is_ever_made_up(claims):
    if verdict_of(claims).answer is GateAnswer.YES:
        assert any(claim.answer is GateAnswer.YES for claim in claims)
