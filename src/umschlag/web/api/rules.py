"""Penner/Renner rules over the API: read, add, replace and delete."""

from decimal import Decimal
from typing import Annotated

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Path, Query, Router
from ninja.responses import Status
from pydantic import Field

from umschlag.storage.records.models import MovementRule
from umschlag.web.api.access import demand
from umschlag.web.api.paging import Asked, Page, paged
from umschlag.web.api.problems import ERRORS, WRITE_ERRORS
from umschlag.web.api.schemas import RuleIn, RuleOut
from umschlag.web.loose import Loose

router = Router(tags=["Intelligence"])
KEY_MAX = 2**63 - 1
RuleKey = Annotated[int, Path(ge=1, le=KEY_MAX)]


class RulesAsked(Asked):
    """Filters."""

    is_enabled: bool | None = Field(None, description="Only rules that are, or are not, in force.")


@router.get("/rules", response={200: Page[RuleOut], **ERRORS})
def rules(request: HttpRequest, asked: Query[RulesAsked]) -> Loose:
    """List the rules in the order in which they are asked."""
    demand(request, "records.view_movementrule")
    rows = MovementRule.objects.all()
    if asked.is_enabled is not None:
        rows = rows.filter(is_enabled=asked.is_enabled)
    return paged(rows, asked)


@router.get("/rules/{rule_id}", response={200: RuleOut, **ERRORS})
def rule(request: HttpRequest, rule_id: RuleKey) -> Loose:
    """Return one rule."""
    demand(request, "records.view_movementrule")
    return get_object_or_404(MovementRule, pk=rule_id)


@router.post("/rules", response={201: RuleOut, **WRITE_ERRORS})
def add_rule(request: HttpRequest, entered: RuleIn) -> Loose:
    """Add a rule. It counts from the next classification on."""
    demand(request, "records.add_movementrule")
    return Status(201, _stored(MovementRule(), entered))


@router.put("/rules/{rule_id}", response={200: RuleOut, **WRITE_ERRORS})
def replace_rule(request: HttpRequest, entered: RuleIn, rule_id: RuleKey) -> Loose:
    """Replace a rule as a whole."""
    demand(request, "records.change_movementrule")
    return _stored(get_object_or_404(MovementRule, pk=rule_id), entered)


@router.delete("/rules/{rule_id}", response={204: None, **WRITE_ERRORS})
def delete_rule(request: HttpRequest, rule_id: RuleKey) -> Loose:
    """Delete a rule. What it found stays until the next classification."""
    demand(request, "records.delete_movementrule")
    get_object_or_404(MovementRule, pk=rule_id).delete()
    return Status(204, None)


def _stored(record: MovementRule, entered: RuleIn) -> MovementRule:
    for name, value in entered.model_dump().items():
        setattr(record, name, value)
    if entered.stock_turnover_threshold is not None:
        record.stock_turnover_threshold = Decimal(f"{entered.stock_turnover_threshold:.2f}")
    # The same checks as in the back office; a problem names its field.
    record.full_clean()
    record.save()
    return record
