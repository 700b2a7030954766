"""Our Sheets client against a faithful server: login, quota, faults, ragged rows."""

import httpx2
import pytest
import stamina

from builders.agency import a_world
from builders.serving import serving
from umschlag.connectors.google_sheets.client import GoogleSheets
from umschlag.connectors.google_sheets.parsing import parse_buying_sheet
from umschlag.connectors.transport import Patience
from umschlag.kernel.errors import (
    LoginRejected,
    Misconfigured,
    UnexpectedAnswer,
    Unreachable,
)
from umschlag.simulators.demo.access import SHEET_ID, service_account_key_file
from umschlag.simulators.google_sheets.app import Knobs, create_app

RANGE = "Buying!A1:Z"
ONE_TRY = Patience(attempts=1)
NO_MINUTE_OF_OURS = -600.0
"""Seconds of a clock that runs since the machine started: no test before this one read then."""
KNOBS = Knobs()


@pytest.fixture(scope="module")
def state_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def url(state_dir):
    KNOBS.key_file = state_dir / "google-service-account.json"
    with serving(create_app(a_world(), KNOBS)) as address:
        yield address


@pytest.fixture(scope="module")
def key_file(state_dir, url):
    return service_account_key_file(state_dir, token_uri=f"{url}/token")


@pytest.fixture
def sheets(url, key_file):
    with stamina.set_testing(True, attempts=3), GoogleSheets(key_file=key_file, base_url=url) as it:
        yield it


def test_the_buying_sheet_comes_over_with_its_slips_named(sheets):
    cells = sheets.values(SHEET_ID, RANGE)

    parsed = parse_buying_sheet(cells, source="Buying", currency="USD")

    assert len(parsed.rows) == 51
    assert "0306406152" in {row.asin for row in parsed.rows}
    assert sorted(problem.place.rpartition(", ")[2] for problem in parsed.problems) == [
        *("ASIN", "ASIN", "Remaining Quantity", "Remaining Quantity", "Unit Cost"),
    ]
    assert {row.unit_cost.currency for row in parsed.rows} == {"EUR"}


def test_numbers_and_dates_come_as_numbers_and_rows_are_ragged(sheets):
    cells = sheets.values(SHEET_ID, RANGE)

    assert isinstance(cells[1][9], int)
    assert isinstance(cells[1][6], float)
    assert {len(row) for row in cells[1:]} > {13}


def test_an_emptied_sheet_has_no_values(sheets, knobs):
    knobs.is_blank = True

    assert sheets.values(SHEET_ID, RANGE) == []


def test_the_tabs_are_told(sheets):
    assert sheets.titles(SHEET_ID) == ("Buying",)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_fault_that_passes_is_waited_out(sheets, knobs, status):
    knobs.fail_next = [status, status]

    assert sheets.values(SHEET_ID, "Buying!A1:A2")[0] == ["ASIN"]


def test_a_quota_that_does_not_come_back_is_an_unreachable_system(sheets, knobs):
    knobs.fail_next = [429] * 3

    with pytest.raises(Unreachable, match="Quota exceeded"):
        sheets.values(SHEET_ID, RANGE)


def test_the_sixty_first_read_of_a_minute_is_refused(sheets, knobs):
    knobs.clock = lambda: NO_MINUTE_OF_OURS
    for _ in range(60):
        sheets.values(SHEET_ID, "Buying!A1:A1")

    with pytest.raises(Unreachable, match="429"):
        sheets.values(SHEET_ID, "Buying!A1:A1")

    knobs.clock = lambda: NO_MINUTE_OF_OURS + 60
    assert sheets.values(SHEET_ID, "Buying!A1:A1") == [["ASIN"]]


def test_an_expired_token_is_renewed(sheets, knobs):
    sheets.values(SHEET_ID, "Buying!A1:A1")
    knobs.expire_tokens = True

    assert sheets.values(SHEET_ID, "Buying!A1:A1") == [["ASIN"]]


def test_an_answer_that_breaks_off_is_refused(sheets, knobs):
    knobs.truncate_next = 3

    with pytest.raises(UnexpectedAnswer, match="no JSON"):
        sheets.values(SHEET_ID, RANGE)


def test_a_sheet_that_is_not_shared_names_the_remedy(sheets, knobs):
    knobs.fail_next = [403]

    with pytest.raises(LoginRejected, match="share the sheet"):
        sheets.values(SHEET_ID, RANGE)


def test_a_wrong_id_names_its_setting(sheets):
    with pytest.raises(UnexpectedAnswer, match="buying_sheet_id"):
        sheets.values("another-sheet", RANGE)


@pytest.mark.parametrize("cell_range", ["Elsewhere!A1:Z", "Buying!1A:Z"])
def test_a_wrong_range_names_its_setting(sheets, cell_range):
    with pytest.raises(UnexpectedAnswer, match=r"buying_sheet_range; .* tabs are: Buying"):
        sheets.values(SHEET_ID, cell_range)


def test_another_accounts_key_is_rejected(url, key_file, tmp_path):
    stranger = service_account_key_file(tmp_path / "stranger", token_uri=f"{url}/token")

    with (
        GoogleSheets(key_file=stranger, base_url=url, patience=ONE_TRY) as sheets,
        pytest.raises(LoginRejected, match="google_key_file"),
    ):
        sheets.values(SHEET_ID, RANGE)


def test_a_broken_key_file_is_a_misconfiguration_that_does_not_quote_it(tmp_path):
    broken = tmp_path / "key.json"
    broken.write_text('{"private_key": "hunter2"}')

    with pytest.raises(Misconfigured, match=r"key\.json") as refusal:
        GoogleSheets(key_file=broken)

    assert "hunter2" not in str(refusal.value)


def test_nobody_listening_is_unreachable(url, key_file):
    with (
        GoogleSheets(key_file=key_file, base_url="http://127.0.0.1:9", patience=ONE_TRY) as sheets,
        pytest.raises(Unreachable),
    ):
        sheets.values(SHEET_ID, RANGE)


def test_without_a_token_nothing_is_told(url):
    answer = httpx2.get(f"{url}/v4/spreadsheets/{SHEET_ID}/values/{RANGE}")

    assert answer.status_code == 401
    assert answer.json()["error"]["status"] == "UNAUTHENTICATED"


def test_formatted_values_follow_the_spreadsheets_locale(url, sheets):
    sheets.values(SHEET_ID, "Buying!A1:A1")
    token = sheets._client.auth.token

    answer = httpx2.get(
        f"{url}/v4/spreadsheets/{SHEET_ID}/values/'Buying'!G2:J2",
        headers={"Authorization": f"Bearer {token}"},
    ).json()

    assert answer["range"] == "Buying!G2:J2"
    assert answer["values"][0][0] == "12,50"
    assert answer["values"][0][3].endswith(".2026")


@pytest.mark.parametrize(
    "form",
    [{}, {"grant_type": "password"}, {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer"}],
)
def test_a_token_needs_an_assertion(url, key_file, form):
    answer = httpx2.post(f"{url}/token", data=form)

    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_grant"
