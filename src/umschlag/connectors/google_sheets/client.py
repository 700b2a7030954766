"""Reading a spreadsheet with a service account, over gspread."""

import json
from collections.abc import Callable, Mapping, MutableMapping
from pathlib import Path
from typing import Any, Self

import gspread
import stamina
from google.auth.exceptions import GoogleAuthError, TransportError
from google.oauth2.service_account import Credentials
from gspread.http_client import HTTPClient
from gspread.urls import SPREADSHEETS_API_V4_BASE_URL

from umschlag.connectors.transport import Patience, TemporaryFailure
from umschlag.kernel.errors import LoginRejected, Misconfigured, UnexpectedAnswer

SCOPES = ("https://www.googleapis.com/auth/spreadsheets.readonly",)
GOOGLE = SPREADSHEETS_API_V4_BASE_URL.removesuffix("/v4/spreadsheets")
UNFORMATTED = {
    # Formatted values come in the spreadsheet's locale: "1.234,56 €" in a German one.
    "valueRenderOption": "UNFORMATTED_VALUE",
    "dateTimeRenderOption": "SERIAL_NUMBER",
}
PATIENCE = Patience(attempts=6, first_wait_seconds=2.0, longest_wait_seconds=32.0)
"""The read quota is refilled every minute; together the waits are longer than that."""
_TEMPORARY = frozenset({429, 500, 502, 503, 504})

Cells = list[list[object]]


class RangeRefused(UnexpectedAnswer):
    """The range names no cells of the spreadsheet."""


class GoogleSheets:
    """The Sheets API at one address, asked with one service account."""

    def __init__(
        self, *, key_file: Path, base_url: str = GOOGLE, patience: Patience = PATIENCE
    ) -> None:
        self._patience = patience
        credentials = _credentials(key_file)

        class Client(HTTPClient):
            def request(
                self,
                method: str,
                endpoint: str,
                *args: Any,  # noqa: ANN401 - gspread's own
                **options: Any,  # noqa: ANN401 - gspread's own
            ) -> Any:  # noqa: ANN401 - a response of requests, which gspread chose
                # gspread has no setting for the address: its URLs are constants.
                return super().request(
                    method, endpoint.replace(GOOGLE, base_url.rstrip("/"), 1), *args, **options
                )

        self._client = Client(credentials)
        self._client.set_timeout((patience.connect_seconds, patience.read_seconds))

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self._client.session.close()

    def titles(self, sheet_id: str) -> tuple[str, ...]:
        """Return the names of the spreadsheet's tabs; raises what `values` raises."""
        answer = self._asked(lambda: self._client.fetch_sheet_metadata(sheet_id))
        return tuple(str(sheet["properties"]["title"]) for sheet in answer.get("sheets", []))

    def values(self, sheet_id: str, cell_range: str) -> Cells:
        """Return the range's cells, ragged, numbers as numbers; empty where there are none.

        Raises:
            Unreachable: no answer, a server error or the quota, however often it was asked.
            LoginRejected: the key is not accepted, or the sheet is not shared with its account.
            UnexpectedAnswer: there is no such sheet or range, or the answer is none.
        """
        params: MutableMapping[str, Any] = dict(UNFORMATTED)
        try:
            answer = self._asked(
                lambda: self._client.values_batch_get(sheet_id, [cell_range], params=dict(params))
            )
        except RangeRefused as error:
            tabs = ", ".join(self.titles(sheet_id))
            raise UnexpectedAnswer(
                f"{error.message}; the spreadsheet's tabs are: {tabs}"
            ) from error
        try:
            (block,) = answer["valueRanges"]
            rows = block.get("values", [])
            return [list(row) for row in rows]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UnexpectedAnswer(f"Google Sheets answered no values ({error!r})") from error

    def _asked(self, call: Callable[[], object]) -> Mapping[str, Any]:
        for attempt in stamina.retry_context(
            on=TemporaryFailure,
            attempts=self._patience.attempts,
            timeout=None,
            wait_initial=self._patience.first_wait_seconds,
            wait_max=self._patience.longest_wait_seconds,
            wait_jitter=self._patience.first_wait_seconds,
        ):
            with attempt:
                return _answer_of(call)
        raise AssertionError("stamina returns or raises")


def _answer_of(call: Callable[[], object]) -> Mapping[str, Any]:
    try:
        answer = call()
    except gspread.exceptions.APIError as error:
        raise _failure(error) from None
    except TransportError as error:
        raise TemporaryFailure(f"Google's login does not answer ({error})") from error
    except GoogleAuthError as error:
        raise LoginRejected(
            f"Google does not accept the service account's key ({error}); check google_key_file"
        ) from error
    except ValueError as error:
        # What requests raises for a broken body is a ValueError first and an OSError second.
        raise UnexpectedAnswer(f"Google Sheets answered no JSON ({error})") from error
    except OSError as error:
        raise TemporaryFailure(f"Google Sheets does not answer ({error})") from error
    if not isinstance(answer, Mapping):
        raise UnexpectedAnswer("Google Sheets answered no object")
    return answer


def _failure(error: gspread.exceptions.APIError) -> Exception:
    status = error.response.status_code
    text = f"Google Sheets answered {status}: {str(error.error.get('message', ''))[:200]}"
    if status in _TEMPORARY:
        return TemporaryFailure(text)
    if status in (401, 403):
        return LoginRejected(f"{text}; share the sheet with the service account's e-mail address")
    if status == 404:
        return UnexpectedAnswer(f"{text}; check buying_sheet_id")
    return RangeRefused(f"{text}; check buying_sheet_range")


def _credentials(key_file: Path) -> Credentials:
    try:
        key = json.loads(key_file.read_text(encoding="utf-8"))
        credentials: Credentials = Credentials.from_service_account_info(  # type: ignore[no-untyped-call] # google-auth types its package but not this
            key, scopes=SCOPES
        )
    except (OSError, ValueError) as error:
        # Only the error's kind is told, because its text may quote the key.
        raise Misconfigured(
            f"google_key_file {key_file} is no readable service account key"
            f" ({type(error).__name__}); download it again from Google Cloud"
        ) from None
    return credentials
