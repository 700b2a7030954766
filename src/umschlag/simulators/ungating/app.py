"""The ungating software: which store may list which ASIN, in its own words."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from umschlag.simulators.demo.access import UNGATING_TOKEN
from umschlag.simulators.demo.agency import demo_agency
from umschlag.simulators.demo.agency_facts import AgencyWorld
from umschlag.simulators.paged_adapter import AdapterKnobs, Gate, page


@dataclass(kw_only=True, slots=True)
class Knobs(AdapterKnobs):
    """Faults, and answers that changed since the world was drawn."""

    changed_answers: dict[tuple[int, str], str] = field(default_factory=dict)
    """New answer by store number and ASIN."""
    changed_at: datetime = datetime(2100, 1, 1, tzinfo=UTC)
    """When they changed; later than everything the world was drawn with."""


def create_app(world: AgencyWorld, knobs: Knobs | None = None) -> Starlette:
    """Return the software serving the world's answers at `/ungating`."""
    turned = knobs or Knobs()
    gate = Gate(token=UNGATING_TOKEN, knobs=turned)
    rows = [
        {
            "id": answer.number,
            "store_id": answer.store_number,
            "asin": answer.asin,
            "answer": answer.answer,
            "updated_at": answer.updated_at.isoformat(),
        }
        for answer in demo_agency(world).ungating
    ]

    def current() -> list[dict[str, Any]]:
        if not turned.changed_answers:
            return rows
        return [_changed(row, turned) for row in rows]

    async def ungating(request: Request) -> Response:
        return gate.refusal(request) or page(request, current(), turned)

    return Starlette(routes=[Route("/ungating", ungating)])


def _changed(row: dict[str, Any], knobs: Knobs) -> dict[str, Any]:
    answer = knobs.changed_answers.get((row["store_id"], row["asin"]))
    if answer is None:
        return row
    return {**row, "answer": answer, "updated_at": knobs.changed_at.isoformat()}
