"""The simulated token endpoint believes an assertion only where Google would."""

import json
import time

import httpx2
import pytest
from google.auth import crypt, jwt

from builders.agency import a_world
from builders.serving import serving
from umschlag.simulators.demo.access import SERVICE_ACCOUNT_EMAIL, service_account_key_file
from umschlag.simulators.google_sheets.app import Knobs, create_app
from umschlag.simulators.google_sheets.tokens import GOOGLE_AUDIENCE, GRANT_TYPE

SCOPE = "https://www.googleapis.com/auth/spreadsheets.readonly"


@pytest.fixture(scope="module")
def state_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def url(state_dir):
    knobs = Knobs(key_file=state_dir / "google-service-account.json")
    with serving(create_app(a_world(), knobs)) as address:
        yield address


@pytest.fixture(scope="module")
def signer(state_dir, url):
    key_file = service_account_key_file(state_dir, token_uri=f"{url}/token")
    return crypt.RSASigner.from_service_account_info(json.loads(key_file.read_text()))


def claims(**changed):
    now = int(time.time())
    return {
        "iss": SERVICE_ACCOUNT_EMAIL,
        "aud": GOOGLE_AUDIENCE,
        "scope": SCOPE,
        "iat": now,
        "exp": now + 3600,
        **changed,
    }


def ask(url, assertion):
    return httpx2.post(f"{url}/token", data={"grant_type": GRANT_TYPE, "assertion": assertion})


def test_a_right_assertion_is_worth_a_token_for_an_hour(url, signer):
    answer = ask(url, jwt.encode(signer, claims()).decode())

    assert answer.status_code == 200
    assert answer.json()["expires_in"] == 3600
    assert answer.json()["token_type"] == "Bearer"


def test_the_endpoint_itself_is_an_audience_too(url, signer):
    assertion = jwt.encode(signer, claims(aud=f"{url}/token")).decode()

    assert ask(url, assertion).status_code == 200


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"iss": "somebody@else.example"}, "account"),
        ({"aud": "https://elsewhere.example/token"}, "aud"),
        ({"scope": "https://www.googleapis.com/auth/drive"}, "scope"),
        ({"iat": 1_000, "exp": 4_600}, "not valid at this time"),
        ({"exp": int(time.time()) + 7200}, "an hour"),
    ],
)
def test_an_assertion_that_claims_too_much_is_refused(url, signer, changed, why):
    answer = ask(url, jwt.encode(signer, claims(**changed)).decode())

    assert answer.status_code == 400
    assert why in answer.json()["error_description"]


@pytest.mark.parametrize("assertion", ["", "a.b", "a.b.c", "....", "e30.e30.e30"])
def test_what_is_no_assertion_is_refused(url, signer, assertion):
    assert ask(url, assertion).status_code == 400


def test_a_changed_assertion_has_a_wrong_signature(url, signer):
    head, _, signature = jwt.encode(signer, claims()).decode().split(".")
    _, body, _ = jwt.encode(signer, claims(scope=SCOPE + " more")).decode().split(".")

    answer = ask(url, f"{head}.{body}.{signature}")

    assert answer.json()["error_description"] == "Invalid JWT Signature."
