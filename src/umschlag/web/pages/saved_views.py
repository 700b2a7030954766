"""Saved views: what a person narrowed a list to, kept under a name of their own."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from umschlag.storage.records.models import SavedView
from umschlag.web.pages.frame import key_of, staff_page
from umschlag.web.pages.report_filters import ReportAsked

REPORT = "penner-renner"
NAME_LENGTH_MAX = 60
VIEWS_MAX = 50
"""Of one person and list: more are no help to find anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownViews:
    """One person's views of a list."""

    query: str
    """What is shown now."""
    views: list[SavedView]

    @property
    def current(self) -> SavedView | None:
        """The view that is shown now; None where it has no name."""
        return next((view for view in self.views if view.query == self.query), None)


def views_of(request: HttpRequest, page: str, query: str) -> ShownViews:
    """Return the person's views of the list, by name."""
    views = SavedView.objects.filter(user_id=_person(request), page=page)
    return ShownViews(query=query, views=list(views))


@staff_page("records.view_articlemovement")
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep what the list shows under a name; a view of that name shows this from now on."""
    name = " ".join(request.POST.get("name", "").split())
    query = _asked_query(request)
    back = _list(query)
    own = SavedView.objects.filter(user_id=_person(request), page=REPORT)
    if not name or len(name) > NAME_LENGTH_MAX:
        text = _("Nothing was saved: give the view a name of 1 to %s characters.")
        messages.warning(request, text % NAME_LENGTH_MAX)
        return back
    former = own.filter(name__iexact=name).first()
    if former is not None:
        former.name, former.query = name, query
        former.save(update_fields=["name", "query"])
        messages.success(request, _("“%s” now shows what is filtered here.") % name)
    elif own.count() >= VIEWS_MAX:
        text = _("Nothing was saved: you have %s views. Delete one first.")
        messages.warning(request, text % VIEWS_MAX)
    else:
        own.create(user_id=_person(request), page=REPORT, name=name, query=query)
        messages.success(request, _("Saved as “%s”.") % name)
    return back


@staff_page("records.view_articlemovement")
@require_POST
def delete(request: HttpRequest, view_id: int) -> HttpResponse:
    """Delete one of the person's own views; one of somebody else is not found among them."""
    view = SavedView.objects.filter(user_id=_person(request), pk=view_id).first()
    if view is not None:
        view.delete()
        messages.success(request, _("View “%s” deleted.") % view.name)
    return _list(_asked_query(request))


def _person(request: HttpRequest) -> int:
    # A staff page has somebody; nobody has views.
    return key_of(request.user) or 0


def _asked_query(request: HttpRequest) -> str:
    """Return the filters that were sent along, without anything that is none."""
    return ReportAsked.of(QueryDict(request.POST.get("query", ""))).query


def _list(query: str) -> HttpResponseRedirect:
    address = reverse(f"pages:{REPORT}")
    return HttpResponseRedirect(f"{address}?{query}" if query else address)
