"""The simulated Plentymarkets as a web application; its paths start with `/rest`."""

from collections.abc import Callable
from urllib.parse import parse_qs

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from umschlag.simulators.demo.world import DemoWorld
from umschlag.simulators.plentymarkets.answers import Answer, Question
from umschlag.simulators.plentymarkets.erp import Erp
from umschlag.simulators.plentymarkets.gate import Call, Gate
from umschlag.simulators.plentymarkets.knobs import Knobs
from umschlag.simulators.plentymarkets.lookups import Lookups
from umschlag.simulators.plentymarkets.orders import OrderDesk
from umschlag.simulators.plentymarkets.price_desk import PriceDesk
from umschlag.simulators.plentymarkets.stock import StockRoom
from umschlag.simulators.plentymarkets.variations import Variations

Handler = Callable[[Question], Answer]


def create_app(world: DemoWorld, knobs: Knobs | None = None) -> Starlette:
    """Return the server of the world's merchant; its past is lived through on the first call."""
    knobs = knobs or Knobs()
    erp = Erp(world.merchant, knobs)
    stock, variations = StockRoom(erp), Variations(erp)
    gate = Gate(knobs, erp, stock)

    def route(path: str, method: str, handler: Handler) -> Route:
        async def endpoint(request: Request) -> Response:
            call = await _call(request)
            # One thread a call, so that a slow answer does not hold up the others.
            answer, headers = await run_in_threadpool(gate.answer, call, handler)
            return _response(answer, headers)

        return Route(path, endpoint, methods=[method])

    handlers = _reads(variations, stock, OrderDesk(erp), Lookups(erp)) | _writes(
        PriceDesk(erp, variations), stock
    )
    routes = [route(path, method, handler) for (method, path), handler in handlers.items()]
    sessions = (
        ("/rest/login", "POST"),
        ("/rest/login/refresh", "POST"),
        ("/rest/logout", "POST"),
        ("/rest/session_limits", "GET"),
    )
    routes += [route(path, method, gate.session_call) for path, method in sessions]
    routes.append(Route("/rest/rest/{path:path}", _redirect, methods=["GET", "POST", "PUT"]))
    routes += [route("/{anything:path}", method, _unknown) for method in ("GET", "POST", "PUT")]
    return Starlette(routes=routes)


def _reads(
    variations: Variations, stock: StockRoom, desk: OrderDesk, lookups: Lookups
) -> dict[tuple[str, str], Handler]:
    warehouse = "/rest/stockmanagement/warehouses/{warehouse_id}/stock"
    market_numbers = "/rest/items/{item_id}/variations/{variation_id}/market_ident_numbers"
    reads: dict[str, Handler] = {
        market_numbers: variations.market_numbers,
        "/rest/pim/variations": variations.pim,
        "/rest/pim/variations/scroll": variations.scroll,
        "/rest/items": variations.items,
        "/rest/items/variations": variations.flat,
        "/rest/items/variations/variation_sales_prices": variations.sales_price_links,
        "/rest/items/sales_prices": lookups.sales_prices,
        "/rest/items/barcodes": lookups.barcode_types,
        "/rest/items/manufacturers": lookups.manufacturers,
        "/rest/items/suppliers": lookups.suppliers,
        "/rest/categories": lookups.categories,
        "/rest/accounts/contacts": lookups.contacts,
        "/rest/delete_log": lookups.delete_log,
        "/rest/users/me": lookups.nobody,
        "/rest/stockmanagement/warehouses": stock.warehouses,
        "/rest/stockmanagement/stock": stock.all_stock,
        "/rest/stockmanagement/stock/types/sales": stock.sales_stock,
        "/rest/stockmanagement/stock/archives": stock.archives,
        warehouse: stock.warehouse_stock,
        f"{warehouse}/movements": stock.movements,
        f"{warehouse}/storageLocations": stock.storage_locations,
        "/rest/orders": desk.listed,
        "/rest/orders/search": desk.searched,
        "/rest/orders/statuses": lookups.statuses,
        "/rest/orders/referrers": lookups.referrers,
        "/rest/orders/{order_id:int}": desk.one,
    }
    return {("GET", path): handler for path, handler in reads.items()} | {
        ("POST", "/rest/orders/search"): desk.searched
    }


def _writes(desk: PriceDesk, stock: StockRoom) -> dict[tuple[str, str], Handler]:
    warehouse = "/rest/stockmanagement/warehouses/{warehouse_id}/stock"
    prices = "/rest/items/variations/variation_sales_prices"
    return {
        ("PUT", f"{warehouse}/correction"): stock.correct,
        ("PUT", f"{warehouse}/bookIncomingItems"): stock.book_incoming,
        ("PUT", f"{warehouse}/bookOutgoingItems"): stock.book_outgoing,
        ("PUT", prices): desk.change,
        ("POST", prices): desk.make,
    }


class _CutResponse(Response):
    """Promises the whole body and ends after half of it, so that the server closes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what there is of it."""
        del scope, receive
        start = {"type": "http.response.start", "status": self.status_code}
        await send({**start, "headers": self.raw_headers})
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})


def _response(answer: Answer, limits: dict[str, str]) -> Response:
    kind = _CutResponse if answer.is_cut else Response
    return kind(answer.body, answer.status, {**limits, **answer.headers}, answer.content_type)


async def _redirect(request: Request) -> Response:
    """Send a doubled `/rest` to the right address; a client that follows loses its POST body."""
    path = f"{request.scope.get('root_path', '')}/rest/{request.path_params['path']}"
    return RedirectResponse(path, status_code=301)


def _unknown(question: Question) -> Answer:
    return Answer.refusal(404, f"The route {question.path} could not be found.")


async def _call(request: Request) -> Call:
    raw = await request.body()
    body: object = None
    if raw and "form" in request.headers.get("content-type", ""):
        body = {name: values[-1] for name, values in parse_qs(raw.decode()).items()}
    elif raw:
        try:
            body = msgspec.json.decode(raw)
        except msgspec.DecodeError:
            body = None
    root = request.scope.get("root_path", "")
    question = Question(
        path=request.url.path.removeprefix(root),
        query=parse_qs(request.url.query, keep_blank_values=True),
        variables={name: str(value) for name, value in request.path_params.items()},
        body=body,
    )
    return Call(request.method, request.headers.get("authorization", ""), question)
