"""A printed statement is read back, and its figures add up to what the client can spend."""

import io
import re
from datetime import UTC, date, datetime

import pytest
from django.test import Client as Browser
from django.utils import translation
from pypdf import PdfReader

from builders import web as web_build
from builders.agency_records import a_client_record, a_purse
from umschlag.jobs.ledger import write_statement
from umschlag.storage.records.ledger import book, spendable_minor
from umschlag.wiring.statement_paper import ROWS_PER_PAGE, statement_pdf
from umschlag.wiring.statements import client_statement

pytestmark = [pytest.mark.database, pytest.mark.django_db]
PRINTED = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
LINES = 50


@pytest.fixture
def client():
    """A client with fifty corrections up and down after its first balance."""
    client = a_client_record(balance_minor=10_000_00, name="Jürgen Groß & Söhne")
    purse = a_purse(client)
    changes = [(-1) ** number * number * 101 for number in range(1, LINES + 1)]
    book(
        [purse.correct(change, reason=f"Prüfung\n{change} Łódź") for change in changes],
        booked_at=datetime(2026, 3, 3, 9, tzinfo=UTC),
    )
    return client


def pages_of(content):
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def printed(settings, client, language, **days):
    with translation.override(language):
        found = client_statement(settings, client.external_id, **days)
        content = statement_pdf(found, agency_name="Hanse Agentur", printed_at=PRINTED)
    return found, pages_of(content)


def amounts_in(text, language):
    """Return the amounts of the text in cents, in their order."""
    if language == "de":
        pattern, thousands, decimal = r"(−?)([\d.]+,\d\d)\s€", ".", ","
    else:
        pattern, thousands, decimal = r"(−?)€([\d,]+\.\d\d)", ",", "."
    return [
        int(figure.replace(thousands, "").replace(decimal, "")) * (-1 if sign else 1)
        for sign, figure in re.findall(pattern, text)
    ]


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_printed_figures_add_up_to_what_the_client_can_spend(settings_in, client, language):
    found, pages = printed(settings_in(), client, language)

    opening, *rest = amounts_in("\n".join(pages), language)
    *figures, added, taken, closing = rest
    changes, balances = figures[::2], figures[1::2]
    assert changes == [line.change_minor for line in found.statement.lines]
    assert len(changes) == LINES + 1
    running = opening
    for change, balance in zip(changes, balances, strict=True):
        running += change
        assert balance == running
    assert opening + added + taken == closing == running == spendable_minor(client.pk)


def test_every_page_says_whose_it_is_and_of_how_many(settings_in, client):
    day = date(2026, 3, 3)
    _, german = printed(settings_in(), client, "de", since=day, through=day)
    _, english = printed(settings_in(), client, "en")

    count = -(-(LINES + 4) // ROWS_PER_PAGE)
    assert (len(german), len(english)) == (count, -(-(LINES + 5) // ROWS_PER_PAGE))
    for number, text in enumerate(german, start=1):
        for part in ("Hanse Agentur", "Kontoauszug", "Jürgen Groß & Söhne (C-1)"):
            assert part in text
        assert "vom 03.03.2026 bis 03.03.2026" in text
        assert f"Seite {number} von {count}" in text
    assert "Prüfung −101 Lódz".replace("−", "-") in german[0]
    assert "from the first entry until now" in english[0]
    assert "Page 1 of" in english[0]


def test_a_client_without_entries_gets_a_page_with_zeros(settings_in):
    client = a_client_record(balance_minor=0, name="株式会社")

    _, (text,) = printed(settings_in(), client, "en")

    assert amounts_in(text, "en") == [0, 0, 0, 0]
    assert "???? (C-1)" in text


def test_the_page_and_the_terminal_hand_it_out(client, settings_in, tmp_path, admin_client):
    answer = admin_client.get(f"/ledger/statement.pdf?client={client.pk}")
    write_statement(settings_in(), client.external_id, tmp_path / "a.pdf", since=None, through=None)

    assert answer["Content-Type"] == "application/pdf"
    closing = spendable_minor(client.pk)
    for content in (answer.content, (tmp_path / "a.pdf").read_bytes()):
        assert amounts_in("\n".join(pages_of(content)), "en")[-1] == closing


@pytest.mark.parametrize(("asked", "language"), [("de", "de"), ("en", "en")])
def test_programs_are_handed_the_same_paper_in_the_language_asked_for(
    settings_in, client, asked, language
):
    token = web_build.a_token(web_build.a_superuser())
    headers = {"authorization": f"Bearer {token}", "accept-language": asked}
    address = f"/api/clients/{client.external_id}/statement"
    days = "since=2026-03-03&through=2026-03-03"

    answer = Browser(headers=headers).get(f"{address}.pdf?{days}")
    told = Browser(headers=headers).get(f"{address}?{days}").json()

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].endswith('.pdf"')
    text = "".join(pages_of(answer.content))
    assert amounts_in(text, language)[0] == told["opening"]["minor"] == 10_000_00
    assert amounts_in(text, language)[-1] == told["closing"]["minor"] == spendable_minor(client.pk)
    assert ("Kontoauszug" in text) == (language == "de")


def test_who_may_not_see_it_and_days_that_cannot_be_are_told_as_everywhere(client):
    address = f"/api/clients/{client.external_id}/statement.pdf"
    clerk = Browser(headers={"authorization": f"Bearer {web_build.a_token(web_build.a_user())}"})
    token = web_build.a_token(web_build.a_superuser())
    api = Browser(headers={"authorization": f"Bearer {token}"})

    assert Browser().get(address).status_code == 401
    assert clerk.get(address).status_code == 403
    assert api.get("/api/clients/C-404/statement.pdf").status_code == 404
    reversed_days = api.get(f"{address}?since=2026-03-04&through=2026-03-03")
    assert reversed_days.status_code == 422
    assert [error["field"] for error in reversed_days.json()["errors"]] == ["through"]
    assert api.get(f"{address}?since=yesterday").status_code == 422
