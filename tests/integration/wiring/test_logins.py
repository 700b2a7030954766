"""What `umschlag doctor` looks at, over HTTP: the login of every outside system."""

import pytest

from umschlag.kernel.errors import LoginRejected, Misconfigured, OutsideSystemFailed
from umschlag.simulators.demo.access import SHEET_ID
from umschlag.wiring.doctoring import Health, outside_findings
from umschlag.wiring.logins import LOOKS

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def look_at(what, settings):
    look, _settings_needed = LOOKS[what]
    return look(settings)


@pytest.fixture
def settings(settings_in, simulators):
    return settings_in(
        simulators_port=int(simulators.url.rpartition(":")[2]),
        buying_sheet_id=SHEET_ID,
        google_key_file=simulators.state_dir / "google-service-account.json",
        google_sheets_url=f"{simulators.url}/google",
    )


def test_every_system_of_the_demo_lets_us_in_and_says_what_it_has(settings):
    findings = outside_findings(settings, LOOKS)

    said = {finding.what: finding.said for finding in findings}
    assert {finding.health for finding in findings} == {Health.GOOD}
    assert said["Plentymarkets"] == "login works, 3 warehouses"
    assert said["AutoFBA panel"] == "login works, 8 clients"
    assert said["Buying sheet"].startswith("login works, ")
    assert said["Ungating software"].endswith("answers lately")
    assert said["Sellerboard"].endswith(" KiB")


@pytest.mark.parametrize(
    ("what", "wrong"),
    [
        ("AutoFBA panel", {"autofba_url": "{url}/autofba", "autofba_token": "not-it"}),
        ("Ungating software", {"ungating_url": "{url}/ungating", "ungating_token": "not-it"}),
    ],
)
def test_a_wrong_token_is_a_rejected_login(settings_in, simulators, what, wrong):
    settings = settings_in(
        **{name: text.format(url=simulators.url) for name, text in wrong.items()}
    )

    with pytest.raises(LoginRejected):
        look_at(what, settings)


@pytest.mark.parametrize("what", LOOKS)
def test_in_production_what_is_not_set_is_named_with_its_setting(settings_in, what):
    settings = settings_in(mode="production", secret_key="k" * 60, encryption_key="e" * 44)

    with pytest.raises(Misconfigured, match="UMSCHLAG_"):
        look_at(what, settings)


def test_a_system_that_is_down_is_told_with_what_to_check(settings_in):
    settings = settings_in(
        mode="production",
        secret_key="k" * 60,
        encryption_key="e" * 44,
        sellerboard_report_url="http://127.0.0.1:9/report?t=s3cr3t",
    )
    look = {"Sellerboard": LOOKS["Sellerboard"]}

    with pytest.raises(OutsideSystemFailed):
        look_at("Sellerboard", settings)
    (finding,) = outside_findings(settings, look)

    assert finding.health is Health.BROKEN
    assert "UMSCHLAG_SELLERBOARD_REPORT_URL" in finding.remedy
    assert "s3cr3t" not in finding.said
