"""What is told of a sync: one notice a client, short enough to be read."""

from datetime import UTC, datetime

import pytest

from builders.records import a_client, a_store
from umschlag.storage.records.agency.ungating import AnswerChange
from umschlag.wiring.agency_news import LINES_MAX, news_of_answers

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def a_change(store, **values):
    return AnswerChange(
        store=store,
        **{
            "asin": "B0ABCDEFGH",
            "before": "No",
            "after": "Yes",
            "is_disagreement": False,
            "updated_at": datetime(2026, 3, 1, tzinfo=UTC),
        }
        | values,
    )


def test_each_client_gets_one_notice_about_its_own_stores():
    first, second = a_client("Alster"), a_client("Brocken")
    home, abroad, other = (
        a_store(first, "Alster DE"),
        a_store(first, "Alster UK"),
        a_store(second, "Brocken DE"),
    )

    news = news_of_answers([a_change(home), a_change(other), a_change(abroad)])

    assert [(item.client_id, item.title) for item in news] == [
        (first.pk, "2 ungating answers changed"),
        (second.pk, "1 ungating answer changed"),
    ]
    assert "Alster UK" in news[0].body
    assert "Brocken" not in news[0].body


def test_a_long_list_is_cut_and_says_how_much_was_left_out():
    store = a_store(a_client())

    (news,) = news_of_answers([a_change(store) for _ in range(LINES_MAX + 5)])

    lines = news.body.splitlines()
    assert len(lines) == LINES_MAX + 1
    assert lines[-1] == "and 5 more"


def test_a_disagreement_says_whose_word_stays():
    (news,) = news_of_answers([a_change(a_store(a_client()), is_disagreement=True)])

    assert "the software says “Yes”, but “No” stays" in news.body


def test_nothing_changed_is_no_news():
    assert news_of_answers([]) == []
