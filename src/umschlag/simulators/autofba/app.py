"""The AutoFBA panel: clients with balances, their stores, their preorders."""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from umschlag.simulators.demo.access import AUTOFBA_TOKEN
from umschlag.simulators.demo.agency import CURRENCY, demo_agency
from umschlag.simulators.demo.agency_facts import AgencyWorld, DemoAgency
from umschlag.simulators.paged_adapter import AdapterKnobs, Gate, page, problem

Row = dict[str, Any]


@dataclass(kw_only=True, slots=True)
class Knobs(AdapterKnobs):
    """Faults, and fields that changed since the world was drawn."""

    requests_per_minute: int = 120
    changes: dict[tuple[str, int], Row] = field(default_factory=dict)
    """New fields by list (`clients`, `stores`, `preorders`) and id."""
    withheld: set[tuple[str, int]] = field(default_factory=set)
    """Rows that the panel no longer tells, by list and id."""


@dataclass(kw_only=True, slots=True)
class Panel:
    """The panel's tables, and the adjustments it has booked by idempotency key."""

    tables: dict[str, list[Row]]
    knobs: Knobs
    booked: dict[str, tuple[Row, Row]] = field(default_factory=dict)

    def rows(self, table: str) -> list[Row]:
        """Return the table as it is now."""
        return [
            {**row, **self.knobs.changes.get((table, row["id"]), {})}
            for row in self.tables[table]
            if (table, row["id"]) not in self.knobs.withheld
        ]

    def adjust(self, key: str, wish: Row) -> Response:
        """Book the adjustment once, however often it is sent."""
        if key in self.booked:
            earlier, answer = self.booked[key]
            if earlier != wish:
                return problem(409, "this idempotency key was used for another adjustment")
            return JSONResponse(answer)
        client = next(
            (row for row in self.tables["clients"] if str(row["id"]) == wish["client_id"]), {}
        )
        if not client:
            return problem(404, f"no client {wish['client_id']}")
        if wish["currency"] != client["currency"]:
            return problem(400, f"the client's balance is in {client['currency']}")
        client["balance"] = str(Decimal(client["balance"]) + Decimal(wish["amount"]))
        client["updated_at"] = datetime.now(UTC).isoformat()
        answer = {"id": len(self.booked) + 1, "balance": client["balance"], **wish}
        self.booked[key] = (wish, answer)
        return JSONResponse(answer, status_code=201)


def create_app(world: AgencyWorld, knobs: Knobs | None = None) -> Starlette:
    """Return the panel serving `/clients`, `/stores`, `/preorders`, `/balance-adjustments`."""
    turned = knobs or Knobs()
    gate = Gate(token=AUTOFBA_TOKEN, knobs=turned)
    panel = Panel(tables=_tables(demo_agency(world)), knobs=turned)

    def listing(table: str) -> Route:
        async def answer(request: Request) -> Response:
            return gate.refusal(request) or page(request, panel.rows(table), turned)

        return Route(f"/{table}", answer)

    async def adjust(request: Request) -> Response:
        refusal = gate.refusal(request)
        if refusal:
            return refusal
        key = request.headers.get("idempotency-key", "")
        try:
            wish = _adjustment(await request.body())
        except (ValueError, KeyError, InvalidOperation) as error:
            return problem(400, f"no adjustment: {error}")
        return panel.adjust(key, wish) if key else problem(400, "Idempotency-Key is missing")

    return Starlette(
        routes=[
            *(listing(table) for table in ("clients", "stores", "preorders")),
            Route("/balance-adjustments", adjust, methods=["POST"]),
        ]
    )


def _adjustment(body: bytes) -> Row:
    given = json.loads(body)
    if not isinstance(given, dict) or not isinstance(given["amount"], str):
        raise ValueError("an object with the amount as a decimal string is needed")
    if not Decimal(given["amount"]).is_finite():
        raise ValueError("the amount must be finite")
    wish = {name: given[name] for name in ("amount", "currency", "reason")}
    return {"client_id": str(given["client_id"]), **wish}


def _tables(agency: DemoAgency) -> dict[str, list[Row]]:
    return {
        "clients": [
            {
                "id": client.number,
                "name": client.name,
                "email": client.email,
                "balance": _decimal(client.balance_minor),
                "currency": CURRENCY,
                "priority": client.priority,
                "last_pallet_date": _iso(client.last_pallet_date),
                "updated_at": client.updated_at.isoformat(),
            }
            for client in agency.clients
        ],
        "stores": [
            {
                "id": store.number,
                "client_id": store.client_number,
                "name": store.name,
                "status": "Suspended" if store.is_suspended else "Active",
                "marketplace": store.marketplace.value,
                "kind": "mutual" if store.is_mutual else "own",
                "asin_units_max": store.asin_units_max,
                "total_units_max": store.total_units_max,
                "updated_at": store.updated_at.isoformat(),
            }
            for store in agency.stores
        ],
        "preorders": [
            {
                "id": preorder.number,
                "client_id": preorder.client_number,
                "asin": preorder.asin,
                "quantity": preorder.units,
                "amount": _decimal(preorder.amount_minor),
                "remaining_due": _decimal(preorder.remaining_due_minor),
                "currency": CURRENCY,
                "expected_arrival_date": _iso(preorder.expected_date),
                "status": preorder.status,
                "updated_at": preorder.updated_at.isoformat(),
            }
            for preorder in agency.preorders
        ],
    }


def _decimal(minor: int) -> str:
    return str(Decimal(minor).scaleb(-2))


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
