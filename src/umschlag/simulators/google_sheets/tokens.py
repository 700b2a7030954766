"""Google's token endpoint for service accounts: a signed assertion in, a bearer token out.

RFC 7523 as Google uses it: RS256, audience is Google's endpoint, at most one hour.
"""

import base64
import binascii
import json
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SCOPES = {
    "https://www.googleapis.com/auth/spreadsheets",
    "https://www.googleapis.com/auth/spreadsheets.readonly",
}
GOOGLE_AUDIENCE = "https://oauth2.googleapis.com/token"
"""What Google's own library always names, wherever the key sends it."""
LIFETIME_SECONDS = 3600
CLOCK_SKEW_SECONDS = 300


class AssertionRefused(Exception):
    """The assertion proves nothing; the message says why."""


@dataclass(kw_only=True, slots=True)
class TokenOffice:
    """Issues tokens to the one service account whose key file it knows, and recognises them."""

    key_file: Path
    _issued: dict[str, float] = field(default_factory=dict)

    async def endpoint(self, request: Request) -> Response:
        """Answer a token request."""
        form = parse_qs((await request.body()).decode())
        try:
            if form.get("grant_type") != [GRANT_TYPE]:
                raise AssertionRefused("grant_type must be jwt-bearer")
            self._verify(form.get("assertion", [""])[0], now=time.time())
        except AssertionRefused as refusal:
            return JSONResponse(
                {"error": "invalid_grant", "error_description": str(refusal)}, status_code=400
            )
        token = "ya29." + secrets.token_urlsafe(32)
        self._issued[token] = time.time() + LIFETIME_SECONDS
        return JSONResponse(
            {"access_token": token, "expires_in": LIFETIME_SECONDS, "token_type": "Bearer"}
        )

    def knows(self, authorization: str) -> bool:
        """Tell whether the header carries a token of ours that has not expired."""
        scheme, _, token = authorization.partition(" ")
        return scheme == "Bearer" and self._issued.get(token, 0.0) > time.time()

    def forget(self) -> None:
        """Let all tokens expire at once."""
        self._issued.clear()

    def _verify(self, assertion: str, *, now: float) -> None:
        key = self._account()
        try:
            head, body, signature = assertion.split(".")
            header, claims = json.loads(_decoded(head)), json.loads(_decoded(body))
            private = load_pem_private_key(key["private_key"].encode(), password=None)
            assert isinstance(private, rsa.RSAPrivateKey)  # noqa: S101 - we made it ourselves
            private.public_key().verify(
                _decoded(signature), f"{head}.{body}".encode(), padding.PKCS1v15(), hashes.SHA256()
            )
        except (ValueError, binascii.Error):
            raise AssertionRefused("the assertion is no JWT") from None
        except InvalidSignature:
            raise AssertionRefused("Invalid JWT Signature.") from None
        if header.get("alg") != "RS256":
            raise AssertionRefused("alg must be RS256")
        _check(claims, key, now=now)

    def _account(self) -> dict[str, Any]:
        if not self.key_file.exists():
            raise AssertionRefused("account not found")
        account: dict[str, Any] = json.loads(self.key_file.read_text(encoding="utf-8"))
        return account


def _check(claims: dict[str, Any], account: dict[str, Any], *, now: float) -> None:
    if claims.get("iss") != account["client_email"]:
        raise AssertionRefused("account not found")
    if claims.get("aud") not in (GOOGLE_AUDIENCE, account["token_uri"]):
        raise AssertionRefused("aud is not this endpoint")
    if not SCOPES & set(str(claims.get("scope", "")).split()):
        raise AssertionRefused("scope lets nobody read spreadsheets")
    issued, expires = float(claims.get("iat", 0)), float(claims.get("exp", 0))
    if issued > now + CLOCK_SKEW_SECONDS or expires < now - CLOCK_SKEW_SECONDS:
        raise AssertionRefused("the assertion is not valid at this time")
    if expires - issued > LIFETIME_SECONDS:
        raise AssertionRefused("an assertion lives an hour at most")


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
