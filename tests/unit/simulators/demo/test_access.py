"""The service account's key is made once and follows the port."""

import json
import stat

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from umschlag.simulators.demo.access import SERVICE_ACCOUNT_EMAIL, service_account_key_file


def test_the_key_file_is_what_google_hands_out(tmp_path):
    path = service_account_key_file(tmp_path / "new", token_uri="http://127.0.0.1:1/token")
    fields = json.loads(path.read_text())

    assert fields["type"] == "service_account"
    assert fields["client_email"] == SERVICE_ACCOUNT_EMAIL
    assert fields["token_uri"] == "http://127.0.0.1:1/token"
    assert load_pem_private_key(fields["private_key"].encode(), None).key_size == 2048


def test_nobody_else_may_read_the_key(tmp_path):
    path = service_account_key_file(tmp_path, token_uri="http://127.0.0.1:1/token")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_another_port_keeps_the_key(tmp_path):
    first = service_account_key_file(tmp_path, token_uri="http://127.0.0.1:1/token").read_text()
    second = service_account_key_file(tmp_path, token_uri="http://127.0.0.1:2/token").read_text()

    assert json.loads(first)["private_key"] == json.loads(second)["private_key"]
    assert json.loads(second)["token_uri"] == "http://127.0.0.1:2/token"


def test_a_second_start_changes_nothing(tmp_path):
    path = service_account_key_file(tmp_path, token_uri="http://127.0.0.1:1/token")
    before = path.read_text()

    assert service_account_key_file(tmp_path, token_uri="http://127.0.0.1:1/token") == path
    assert path.read_text() == before
