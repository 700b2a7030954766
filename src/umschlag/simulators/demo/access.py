"""Credentials of the demo systems: worthless anywhere else, so they may stand in the open.

The one real secret, the key of the Google service account, is made at the first start and kept
in the simulators' state folder.
"""

import json
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

PLENTY_USER = "umschlag"
PLENTY_PASSWORD = "demo-plenty-password"  # noqa: S105 - opens the demo alone
PLENTY_ID = 4711
"""The merchant's main client ("plentyId"); the own shop runs as the second one."""
PLENTY_ID_SHOP = 4712
AUTOFBA_TOKEN = "demo-autofba-token"  # noqa: S105 - opens the demo alone
UNGATING_TOKEN = "demo-ungating-token"  # noqa: S105 - opens the demo alone
LANGUAGE_MODEL_KEY = "demo-language-model-key"
LANGUAGE_MODEL_NAME = "demo-writer"
SELLERBOARD_REPORT_PATH = "/en/automation/reports?id=demo-report&format=csv&t=demo-link-secret"
"""Below the mount `/sellerboard`. As in the real system the link itself is the credential."""
SHEET_ID = "demo-buying-portal"
SERVICE_ACCOUNT_EMAIL = "umschlag@demo-project.iam.gserviceaccount.com"
SERVICE_ACCOUNT_KEY_FILE = "google-service-account.json"


def service_account_key_file(state_dir: Path, *, token_uri: str) -> Path:
    """Return the service account's key file in Google's format, making the key once.

    `token_uri` is where tokens are asked for; the file follows it when the port changes.
    """
    path = state_dir / SERVICE_ACCOUNT_KEY_FILE
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if known.get("token_uri") == token_uri:
        return path
    fields = {
        "type": "service_account",
        "project_id": "demo-project",
        "private_key_id": "demo-key",
        "private_key": known.get("private_key") or _private_key_pem(),
        "client_email": SERVICE_ACCOUNT_EMAIL,
        "client_id": "100000000000000000001",
        "token_uri": token_uri,
    }
    state_dir.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(fields, indent=1), encoding="utf-8")
    return path


def _private_key_pem() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
