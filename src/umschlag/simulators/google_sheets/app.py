"""Google Sheets v4, reading side, with one spreadsheet: the agency's buying portal."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from umschlag.simulators.demo.access import SHEET_ID
from umschlag.simulators.demo.agency import demo_agency
from umschlag.simulators.demo.agency_facts import AgencyWorld
from umschlag.simulators.google_sheets.buying_sheet import TAB, Cell, buying_sheet
from umschlag.simulators.google_sheets.grid import (
    COLUMN_COUNT,
    ROW_COUNT,
    UnparsableRange,
    block_named,
    rendered,
)
from umschlag.simulators.google_sheets.tokens import TokenOffice

_STATUS_NAMES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}
_MESSAGES = {
    401: "Request had invalid authentication credentials.",
    403: "The caller does not have permission",
    404: "Requested entity was not found.",
    429: "Quota exceeded for quota metric 'Read requests' and limit "
    "'Read requests per minute per user' of service 'sheets.googleapis.com'.",
}


@dataclass(kw_only=True, slots=True)
class Knobs:
    """Faults to serve and cells that people changed, turned while the server runs."""

    key_file: Path = Path("var/simulators/google-service-account.json")
    """Key of the service account that the sheet is shared with."""
    fail_next: list[int] = field(default_factory=list)
    """HTTP statuses that answer the next reads, first one first."""
    truncate_next: int = 0
    """So many of the next answers break off in the middle."""
    expire_tokens: bool = False
    """All tokens issued so far are void; turned back by the next request."""
    is_blank: bool = False
    """Somebody emptied the sheet."""
    changed_cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    """New contents by row number and column, both counted as the sheet shows them, from 1."""
    removed_rows: set[int] = field(default_factory=set)
    """Row numbers that somebody deleted."""
    reads_per_minute: int = 60
    clock: Callable[[], float] = time.monotonic


@dataclass(kw_only=True, slots=True)
class Spreadsheet:
    """The one spreadsheet, and who may read it how often."""

    cells: list[list[Cell]]
    knobs: Knobs
    office: TokenOffice
    _minute: int | None = None
    _used: int = 0

    def refusal(self, request: Request) -> Response | None:
        """Return the answer that refuses the request; None lets it in."""
        if self.knobs.expire_tokens:
            self.knobs.expire_tokens = False
            self.office.forget()
        if self.knobs.fail_next:
            return _error(self.knobs.fail_next.pop(0))
        if not self.office.knows(request.headers.get("authorization", "")):
            return _error(401)
        now = self.knobs.clock()
        if self._minute != int(now // 60):
            self._minute, self._used = int(now // 60), 0
        self._used += 1
        if self._used > self.knobs.reads_per_minute:
            return _error(429)
        return None if request.path_params["sheet_id"] == SHEET_ID else _error(404)

    def rows(self) -> list[list[Cell]]:
        """Return the cells as they are now."""
        if self.knobs.is_blank:
            return []
        changed = self.knobs.changed_cells
        return [
            [changed.get((number, column), cell) for column, cell in enumerate(row, start=1)]
            for number, row in enumerate(self.cells, start=1)
            if number not in self.knobs.removed_rows
        ]

    def value_range(self, text: str, request: Request) -> dict[str, Any]:
        """Return one range's values as the API renders them."""
        block = block_named(text, tab=TAB)
        option = request.query_params.get("valueRenderOption", "FORMATTED_VALUE")
        dates = request.query_params.get("dateTimeRenderOption", "SERIAL_NUMBER")
        values = rendered(
            self.rows(),
            block,
            formatted=option == "FORMATTED_VALUE",
            dates_as_text=dates == "FORMATTED_STRING",
        )
        answer: dict[str, Any] = {"range": f"{TAB}!{block.address}", "majorDimension": "ROWS"}
        # Left out, because the real API has no `values` where there are none.
        return {**answer, "values": values} if values else answer


def create_app(world: AgencyWorld, knobs: Knobs | None = None) -> Starlette:
    """Return Sheets serving `/token` and `/v4/spreadsheets/…` below its own mount."""
    turned = knobs or Knobs()
    office = TokenOffice(key_file=turned.key_file)
    sheet = Spreadsheet(cells=buying_sheet(demo_agency(world)), knobs=turned, office=office)

    async def metadata(request: Request) -> Response:
        return sheet.refusal(request) or _answer(_metadata(), turned)

    async def values(request: Request) -> Response:
        refusal = sheet.refusal(request)
        if refusal:
            return refusal
        try:
            answer = sheet.value_range(request.path_params["range"], request)
        except UnparsableRange as error:
            return _error(400, f"Unable to parse range: {error}")
        return _answer(answer, turned)

    async def batch(request: Request) -> Response:
        refusal = sheet.refusal(request)
        if refusal:
            return refusal
        wanted = request.query_params.getlist("ranges")
        try:
            ranges = [sheet.value_range(text, request) for text in wanted]
        except UnparsableRange as error:
            return _error(400, f"Unable to parse range: {error}")
        return _answer({"spreadsheetId": SHEET_ID, "valueRanges": ranges}, turned)

    return Starlette(
        routes=[
            Route("/token", office.endpoint, methods=["POST"]),
            Route("/v4/spreadsheets/{sheet_id}", metadata),
            Route("/v4/spreadsheets/{sheet_id}/values:batchGet", batch),
            Route("/v4/spreadsheets/{sheet_id}/values/{range:path}", values),
        ]
    )


def _metadata() -> dict[str, Any]:
    grid = {"rowCount": ROW_COUNT, "columnCount": COLUMN_COUNT, "frozenRowCount": 1}
    return {
        "spreadsheetId": SHEET_ID,
        "properties": {"title": "Buying portal", "locale": "de_DE", "timeZone": "Europe/Berlin"},
        "sheets": [
            {
                "properties": {
                    "sheetId": 0,
                    "title": TAB,
                    "index": 0,
                    "sheetType": "GRID",
                    "gridProperties": grid,
                }
            }
        ],
        "spreadsheetUrl": f"https://docs.google.com/spreadsheets/d/{SHEET_ID}/edit",
    }


def _answer(content: dict[str, Any], knobs: Knobs) -> Response:
    response = JSONResponse(
        content,
        headers={"Cache-Control": "private", "Vary": "Origin, X-Origin, Referer"},
    )
    if knobs.truncate_next:
        knobs.truncate_next -= 1
        half = bytes(response.body)[: len(response.body) // 2]
        return Response(half, media_type="application/json")
    return response


def _error(status: int, message: str = "") -> Response:
    error = {
        "code": status,
        "message": message or _MESSAGES.get(status, "Internal error encountered."),
        "status": _STATUS_NAMES.get(status, "UNKNOWN"),
    }
    return JSONResponse({"error": error}, status_code=status)
