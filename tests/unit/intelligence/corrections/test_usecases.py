"""A list of changes on its way to the ERP: looked up, sent, looked up again."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.corrections import (
    PRICES,
    ErpInMemory,
    JournalInMemory,
    a_correction,
    a_plan,
    a_price,
)
from umschlag.intelligence.corrections.model import Outcome, Refusal
from umschlag.intelligence.corrections.usecases import SENDS_MAX, write_back
from umschlag.kernel.errors import Unreachable

NOTHING_SENT = {Outcome.WOULD_SEND, Outcome.ALREADY, Outcome.REFUSED}


def written(plan, erp, journal=None):
    return write_back(plan, erp=erp, journal=journal or JournalInMemory())


def outcomes(report):
    return [line.outcome for line in report.lines]


def test_a_dry_run_shows_every_call_and_makes_none():
    erp = ErpInMemory({("HX-1", 1): 12, ("HX-2", 1): 5})

    report = written(a_plan(a_correction(), a_correction("HX-2", 5, row=3), dry=True), erp)

    assert outcomes(report) == [Outcome.WOULD_SEND, Outcome.ALREADY]
    assert [request.body for request in report.requests] == [[(("HX-1", 1), Decimal(10))]]
    assert report.lines[0].before == 12
    assert erp.sent == []


def test_what_was_sent_is_looked_up_again():
    erp = ErpInMemory({("HX-1", 1): 12})

    report = written(a_plan(a_correction(based_on=12)), erp)

    line = report.lines[0]
    assert (line.outcome, line.before, line.after) == (Outcome.VERIFIED, 12, 10)
    assert [what for what, _keys in erp.calls] == ["look", "send", "look"]


def test_stock_that_moved_since_it_was_counted_is_left_alone():
    erp = ErpInMemory({("HX-1", 1): 11})

    report = written(a_plan(a_correction(based_on=12)), erp)

    assert report.lines[0].refusal is Refusal.MOVED
    assert erp.sent == []
    assert erp.figures["HX-1", 1] == 11


def test_an_answer_of_success_is_not_believed():
    erp = ErpInMemory({("HX-1", 1): 12}, behaviour=["ignores"])

    report = written(a_plan(a_correction()), erp)

    assert outcomes(report) == [Outcome.NOT_TAKEN_OVER]
    assert report.lines[0].after == 12
    assert len(erp.sent) == 1


def test_a_sale_right_after_the_correction_is_told_as_such():
    erp = ErpInMemory({("HX-1", 1): 12}, behaviour=["sells"])

    report = written(a_plan(a_correction()), erp)

    assert outcomes(report) == [Outcome.CHANGED_MEANWHILE]
    assert report.lines[0].after == 9


def test_a_write_whose_answer_was_lost_but_that_happened_is_not_sent_again():
    erp = ErpInMemory({("HX-1", 1): 12}, behaviour=["takes and loses"])

    report = written(a_plan(a_correction()), erp)

    assert outcomes(report) == [Outcome.VERIFIED]
    assert len(erp.sent) == 1


def test_a_lost_write_that_did_not_happen_is_sent_once_more():
    erp = ErpInMemory({("HX-1", 1): 12}, behaviour=["loses"])

    report = written(a_plan(a_correction()), erp)

    assert outcomes(report) == [Outcome.VERIFIED]
    assert [what for what, _keys in erp.calls] == ["look", "send", "look", "send", "look"]


def test_a_write_that_is_always_lost_ends_as_not_taken_over():
    erp = ErpInMemory({("HX-1", 1): 12}, behaviour=["loses"] * 9)

    report = written(a_plan(a_correction()), erp)

    assert outcomes(report) == [Outcome.NOT_TAKEN_OVER]
    assert "cut" in report.lines[0].message
    assert len(erp.sent) == SENDS_MAX


def test_where_the_erp_cannot_be_asked_afterwards_nobody_claims_to_know():
    erp = ErpInMemory({("HX-1", 1): 12, ("HX-2", 2): 5}, behaviour=["takes and loses"])
    erp.looks_left = 1

    report = written(a_plan(a_correction(), a_correction("HX-2", 9, warehouse=2, row=3)), erp)

    assert outcomes(report) == [Outcome.UNCONFIRMED, Outcome.NOT_SENT]
    assert report.lines[0].after is None
    assert "does not answer" in report.stopped_by
    assert len(erp.sent) == 1


def test_one_bad_row_does_not_spoil_the_others():
    erp = ErpInMemory({(f"S-{n}", 1): 1 for n in range(5)}, spoilt=["S-3"])

    report = written(a_plan(*[a_correction(f"S-{n}", 7, row=n) for n in range(5)]), erp)

    told = {line.change.sku: line.outcome for line in report.lines}
    assert told.pop("S-3") is Outcome.NOT_TAKEN_OVER
    assert set(told.values()) == {Outcome.VERIFIED}
    assert "bundle" in report.lines[3].message


def test_without_the_right_to_write_one_call_is_enough():
    erp = ErpInMemory({("HX-1", 1): 12, ("HX-2", 2): 5}, behaviour=["forbids"])

    report = written(a_plan(a_correction(), a_correction("HX-2", 9, warehouse=2, row=3)), erp)

    assert outcomes(report) == [Outcome.NOT_SENT, Outcome.NOT_SENT]
    assert "unauthorized" in report.stopped_by
    assert len(erp.sent) == 1


def test_prices_that_have_to_be_made_travel_apart_from_those_that_change():
    erp = ErpInMemory({("HX-1", 1): "20", ("HX-2", 1): None}, places=PRICES)

    report = written(a_plan(a_price(), a_price("HX-2", row=3)), erp)

    assert outcomes(report) == [Outcome.VERIFIED, Outcome.VERIFIED]
    assert sorted(request.method for request in report.requests) == ["POST", "PUT"]


def test_a_list_that_is_only_tried_is_whole_or_fails():
    erp = ErpInMemory({("HX-1", 1): 12, ("HX-2", 2): 5})
    erp.looks_left = 1

    with pytest.raises(Unreachable):
        written(a_plan(a_correction(), a_correction("HX-2", warehouse=2, row=3), dry=True), erp)


def test_rows_are_noted_before_they_leave_and_again_when_their_fate_is_known():
    journal = JournalInMemory()

    written(a_plan(a_correction()), ErpInMemory({("HX-1", 1): 12}), journal)

    assert journal.told == [("sending", (("HX-1", 1),)), (Outcome.VERIFIED, "HX-1")]


rows = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from([1, 2, 3]), st.integers(-1, 3)), max_size=60
)
ways = st.lists(
    st.sampled_from(["takes", "ignores", "loses", "takes and loses", "sells", "forbids"]),
    max_size=12,
)


@settings(deadline=None, max_examples=60)
@given(rows, ways, st.booleans(), st.sets(st.integers(0, 40)), st.sets(st.integers(0, 40)))
def test_whatever_goes_wrong_every_row_is_told_once_and_truly(named, behaviour, dry, odd, spoilt):
    figures = {(f"S-{n}", 1): n % 3 for n in range(35)}
    erp = ErpInMemory(
        figures,
        behaviour=behaviour,
        bundles=[f"S-{n}" for n in odd],
        spoilt=[f"S-{n}" for n in spoilt],
    )
    journal = JournalInMemory()
    changes = [
        a_correction(f"S-{n}", units, warehouse=place, row=row)
        for row, (n, place, units) in enumerate(named, start=2)
    ]

    report = written(a_plan(*changes, dry=dry), erp, journal)

    assert [line.change.row for line in report.lines] == [change.row for change in changes]
    assert sum(report.counts.values()) == len(changes)
    for line in report.lines:
        stands = erp.figures.get((line.change.sku, line.change.place_id), Decimal(0))
        if line.outcome is Outcome.VERIFIED:
            assert stands == line.change.asked
        if line.outcome in NOTHING_SENT:
            assert line.change.key not in {key for keys in erp.sent for key in keys}
        if line.outcome in {Outcome.NOT_TAKEN_OVER, Outcome.NOT_SENT}:
            assert stands == Decimal(figures.get((line.change.sku, line.change.place_id), 0))
    assert not (dry and erp.sent)
    settled = [told for told, _sku in journal.told if told != "sending"]
    assert len(settled) == len(changes)
    for before, after in zip(erp.calls, erp.calls[1:], strict=False):
        # Between two writes somebody always looked.
        assert not (before[0] == after[0] == "send" and set(before[1]) & set(after[1]))
