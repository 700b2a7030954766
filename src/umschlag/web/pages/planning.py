"""A plan that somebody waits for: how far it is, and the wish to take what there is by now."""

from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from umschlag.web.pages.frame import staff_page
from umschlag.wiring.planning_watch import end_planning, planning_progress


@staff_page("records.add_allocationrun")
@require_GET
def progress(request: HttpRequest, key: UUID) -> JsonResponse:
    """Return as JSON how far the plan is, in words and as stages done of all."""
    del request
    found = planning_progress(str(key))
    if found is None:
        return JsonResponse({"text": ""})
    text = _("Step %(step)d of %(steps)d: %(doing)s, %(seconds)d s") % {
        "step": found.done + 1,
        "steps": found.total,
        "doing": found.doing,
        "seconds": found.seconds,
    }
    return JsonResponse(
        {
            "text": _("Taking what there is by now …") if found.is_end_wanted else text,
            "done": found.done,
            "total": found.total,
        }
    )


@staff_page("records.add_allocationrun")
@require_POST
def end(request: HttpRequest, key: UUID) -> JsonResponse:
    """Ask the planner to end with the best plan that there is by now."""
    del request
    return JsonResponse({"is_asked": end_planning(str(key))})


def watch_key_of(request: HttpRequest) -> str:
    """Return the key that the form was given; empty where it is none, and nobody watches."""
    try:
        return str(UUID(request.POST.get("watch", "")))
    except ValueError:
        return ""
