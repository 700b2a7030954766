"""Our ungating client against the adapter contract."""

import pytest
import stamina

from builders.agency import a_world
from builders.serving import serving
from umschlag.allocation.ungating.model import GateAnswer
from umschlag.connectors.ungating.client import ungating_software_at
from umschlag.kernel.errors import LoginRejected, UnexpectedAnswer
from umschlag.simulators.demo.access import UNGATING_TOKEN
from umschlag.simulators.ungating.app import Knobs, create_app

KNOBS = Knobs()


@pytest.fixture(scope="module")
def url():
    # 40 × 50 answers are more than three pages.
    with serving(create_app(a_world(store_count=40, client_count=25), KNOBS)) as address:
        yield address


@pytest.fixture
def software(url):
    it = ungating_software_at(url, token=UNGATING_TOKEN)
    with stamina.set_testing(True, attempts=3), it.system:
        yield it


def test_all_pages_are_read_and_both_spellings_mean_an_invoice(software):
    told = []

    parsed = software.answers(progress=lambda done, total, what: told.append((done, total)))

    assert len(parsed.rows) > 1500
    assert told[-1] == (len(parsed.rows), len(parsed.rows))
    assert len(told) == 4
    words = {row.said for row in parsed.rows if row.answer is GateAnswer.INVOICE_NEEDED}
    assert words == {"No, Invoice Needed", "No - Invoice Needed"}


def test_about_a_third_is_ungated(software):
    rows = software.answers().rows

    share = sum(row.answer is GateAnswer.YES for row in rows) / len(rows)

    assert 0.25 < share < 0.5


def test_a_changed_answer_alone_is_told_afterwards(software, knobs):
    rows = software.answers().rows
    newest = max(row.updated_at for row in rows)
    chosen = next(row for row in rows if row.answer is GateAnswer.NO and row.updated_at < newest)
    knobs.changed_answers[int(chosen.store_external_id), chosen.asin] = "yes"

    told = software.answers(updated_since=newest).rows

    assert [row.answer for row in told if row.updated_at > newest] == [GateAnswer.YES]
    assert len(told) < len(rows) / 10


def test_an_answer_that_changes_while_we_page_is_not_lost(software, knobs):
    first = software.answers().rows[0]

    def change_after_the_first_page(done, total, what):
        knobs.changed_answers[int(first.store_external_id), first.asin] = "Pending review"

    rows = software.answers(progress=change_after_the_first_page).rows

    newest = {(row.store_external_id, row.asin): row.said for row in rows}
    assert newest[first.store_external_id, first.asin] == "Pending review"


def test_a_limit_in_the_middle_is_waited_out(software, knobs):
    software.answers(
        progress=lambda done, total, what: knobs.fail_next.append(429) if done == 500 else None
    )

    assert not knobs.fail_next


@pytest.mark.parametrize("fault", ["truncate_next", "lose_row_next"])
def test_half_a_page_is_no_answer(software, knobs, fault):
    setattr(knobs, fault, 1)

    with pytest.raises(UnexpectedAnswer):
        software.answers()


def test_a_rejected_token_is_said(software, knobs):
    knobs.fail_next = [401]

    with pytest.raises(LoginRejected, match="ungating software"):
        software.answers()
