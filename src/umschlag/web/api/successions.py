"""Which article follows which, over the API."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from umschlag.storage.records.models import ArticleSuccession
from umschlag.web.api.access import demand
from umschlag.web.api.bodies import Body
from umschlag.web.api.paging import Asked, Day, Page, Text, narrowed, paged
from umschlag.web.api.problems import ERRORS, WRITE_ERRORS
from umschlag.web.loose import Loose
from umschlag.wiring.successions import follow, unfollow

router = Router(tags=["Intelligence"])


class SuccessionOut(Schema):
    """That one article follows another: its demand before the day is the successor's history."""

    predecessor: str = Field(alias="predecessor.sku")
    successor: str = Field(alias="successor.sku")
    from_date: date
    told_by: str
    told_at: datetime


class SuccessionsAsked(Asked):
    """Filters."""

    predecessor: Text | None = Field(None, description="SKU.")
    successor: Text | None = Field(None, description="SKU.")


class SuccessionIn(Body):
    """Who follows whom, and from which business date on."""

    predecessor: str = Field(min_length=1, max_length=100, description="SKU.")
    successor: str = Field(min_length=1, max_length=100, description="SKU.")
    from_date: Day


class TakenBackIn(Body):
    """Whose succession is taken back."""

    predecessor: str = Field(min_length=1, max_length=100, description="SKU.")


class TakenBackOut(Schema):
    """Who followed, and from when."""

    predecessor: str
    successor: str
    from_date: date


@router.get("/successions", response={200: Page[SuccessionOut], **ERRORS})
def successions(request: HttpRequest, asked: Query[SuccessionsAsked]) -> Loose:
    """List which article follows which, the latest hand-over first."""
    demand(request, "records.view_articlesuccession")
    rows = ArticleSuccession.objects.select_related("predecessor", "successor")
    return paged(
        narrowed(rows, predecessor__sku=asked.predecessor, successor__sku=asked.successor), asked
    )


@router.post("/successions", response={200: SuccessionOut, **WRITE_ERRORS})
def tell_succession(request: HttpRequest, told: SuccessionIn) -> ArticleSuccession:
    """Tell that one article follows another; the next forecast counts with it."""
    demand(request, "records.add_articlesuccession")
    by = request.user.get_username() or "API"
    return follow(told.predecessor, told.successor, told.from_date, by=by, at=timezone.now())


@router.post("/successions/undo", response={200: TakenBackOut, **WRITE_ERRORS})
def take_succession_back(request: HttpRequest, asked: TakenBackIn) -> dict[str, Any]:
    """Forget that an article is followed."""
    demand(request, "records.delete_articlesuccession")
    successor, from_date = unfollow(asked.predecessor)
    return {"predecessor": asked.predecessor, "successor": successor, "from_date": from_date}
