"""Sellerboard's automation link as a server.

`GET /<language>/automation/reports?id=…&format=csv&t=…`: the first call only starts the making
of the report and answers 200 with a sentence; a wrong link is a web page with status 404.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import parse_qs, urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from umschlag.simulators.demo.access import SELLERBOARD_REPORT_PATH
from umschlag.simulators.sellerboard.figures import ProductDay, SoldWorld, product_days
from umschlag.simulators.sellerboard.writing import DIALECTS, Form, report_csv

NOT_READY = "Report not ready, try again in several minutes"
_NOT_FOUND = "<!DOCTYPE html><html><body><h1>Page not found</h1></body></html>"


@dataclass(kw_only=True, slots=True)
class Knobs:
    """How the account writes, and faults to turn on."""

    form: Form = field(default_factory=Form)
    not_ready_answers: int = 1
    """How often a call is put off before the report is there."""
    failures: int = 0
    """How many calls a gateway fails with 502 first."""
    restated: dict[date, int] = field(default_factory=dict)
    """Days whose commission was corrected, by cents a row."""
    further_fees: dict[str, int] = field(default_factory=dict)
    """Fee kinds nobody has seen before: name → cents a unit."""
    positive_fee_days: set[date] = field(default_factory=set)
    """Days on which Amazon paid back more than it kept."""
    calls: int = 0


def create_app(world: SoldWorld, knobs: Knobs | None = None) -> Starlette:
    """Return the server; what it serves is computed from the world when first asked for."""
    turned = knobs or Knobs()
    files: dict[tuple[object, ...], bytes] = {}

    def answer(request: Request) -> Response:
        turned.calls += 1
        if not _is_our_link(request.query_params):
            return HTMLResponse(_NOT_FOUND, status_code=404)
        if turned.failures > 0:
            turned.failures -= 1
            return HTMLResponse("<html><body>502 Bad Gateway</body></html>", status_code=502)
        if turned.not_ready_answers > 0:
            turned.not_ready_answers -= 1
            return PlainTextResponse(NOT_READY)
        form = _form(turned.form, request.query_params)
        if form.dialect not in DIALECTS:
            return HTMLResponse(_NOT_FOUND, status_code=404)
        key = (form, world.scale.today, _figures_key(turned))
        if key not in files:
            files[key] = report_csv(_rows(world, turned), form)
        return Response(files[key], media_type="text/csv")

    # A plain function runs in a thread: making the report must not stop the other systems.
    return Starlette(routes=[Route("/{language}/automation/reports", answer)])


def _is_our_link(query: Mapping[str, str]) -> bool:
    ours = parse_qs(urlsplit(SELLERBOARD_REPORT_PATH).query)
    return all(query.get(name) == values[0] for name, values in ours.items())


def _form(form: Form, query: Mapping[str, str]) -> Form:
    """Return the form with what the address asks for: `dialect`, `layout`, `bom`, `header`."""
    return replace(
        form,
        dialect=query.get("dialect", form.dialect),
        itemised=query["layout"] == "itemised" if "layout" in query else form.itemised,
        byte_order_mark=query["bom"] == "1" if "bom" in query else form.byte_order_mark,
        header_only=query["header"] == "only" if "header" in query else form.header_only,
    )


def _rows(world: SoldWorld, knobs: Knobs) -> list[ProductDay]:
    rows = product_days(world, further_fees=knobs.further_fees)
    return [
        replace(
            row,
            commission=row.commission
            + knobs.restated.get(row.business_date, 0)
            + (100_000 if row.business_date in knobs.positive_fee_days else 0),
        )
        for row in rows
    ]


def _figures_key(knobs: Knobs) -> str:
    return repr((knobs.restated, knobs.further_fees, sorted(knobs.positive_fee_days)))
