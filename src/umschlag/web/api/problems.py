"""Errors as ``application/problem+json`` (RFC 9457), each naming the field at fault."""

import json
from collections.abc import Callable

from django.core.exceptions import ValidationError as ModelInvalid
from django.db.models import ProtectedError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found as default_page_not_found
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError

from umschlag.kernel.errors import (
    BadInput,
    Misconfigured,
    NotFound,
    OutsideSystemFailed,
    Refused,
    UmschlagError,
)
from umschlag.web.loose import Loose

PROBLEM_TYPE = "application/problem+json"
_STATUSES: tuple[tuple[type[UmschlagError], int], ...] = (
    (NotFound, 404),
    (Refused, 409),
    (BadInput, 422),
    (OutsideSystemFailed, 502),
    (Misconfigured, 503),
)


class FieldProblem(Schema):
    """What is wrong with one field."""

    field: str
    message: str


class Problem(Schema):
    """One error, after RFC 9457; `errors` names the fields at fault."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = []


ERRORS = {401: Problem, 403: Problem, 404: Problem, 422: Problem}
"""Answers that every address can give."""
WRITE_ERRORS = {**ERRORS, 400: Problem, 409: Problem, 502: Problem, 503: Problem}
"""Answers of addresses that do something."""


def problem(
    status: int, detail: str, *, kind: str, title: str, errors: list[dict[str, str]] | None = None
) -> HttpResponse:
    """Return the error as an answer."""
    content = {
        "type": f"urn:umschlag:problem:{kind}",
        "title": title,
        "status": status,
        "detail": detail,
        "errors": errors or [],
    }
    answer = HttpResponse(json.dumps(content), status=status, content_type=PROBLEM_TYPE)
    if status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    return answer


def _of_ours(_request: HttpRequest, error: Loose) -> HttpResponse:
    status = next((code for kind, code in _STATUSES if isinstance(error, kind)), 500)
    name = type(error).__name__
    fields = [{"field": error.field, "message": error.message}] if error.field else []
    return problem(status, error.message, kind=name, title=title_of(status), errors=fields)


def _of_ninja(_request: HttpRequest, error: Loose) -> HttpResponse:
    status = error.status_code
    detail = str(error)
    if status == 401:
        detail = _(
            "Send “Authorization: Bearer um_…” with a token of yours that is not revoked (back "
            "office, API tokens), or log in to the back office."
        )
    return problem(status, detail, kind=f"http-{status}", title=title_of(status))


def _of_input(_request: HttpRequest, error: Loose) -> HttpResponse:
    errors = [
        {"field": _field_of(item["loc"]), "message": _message_of(item)} for item in error.errors
    ]
    detail = "; ".join(f"{item['field']}: {item['message']}" for item in errors)
    return problem(422, detail, kind="BadInput", title=title_of(422), errors=errors)


def _message_of(item: Loose) -> str:
    if item["type"] == "extra_forbidden":
        return _("There is no such field; nothing was done.")
    # Pydantic puts this before the texts of our own checks.
    return str(item["msg"]).removeprefix("Value error, ")


def _of_model(_request: HttpRequest, error: Loose) -> HttpResponse:
    by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    errors = [
        {"field": field.replace("__all__", ""), "message": message}
        for field, messages in by_field.items()
        for message in messages
    ]
    detail = "; ".join(item["message"] for item in errors)
    return problem(422, detail, kind="BadInput", title=title_of(422), errors=errors)


def _of_missing(_request: HttpRequest, _error: Loose) -> HttpResponse:
    return problem(404, _("There is no such record."), kind="NotFound", title=title_of(404))


def _of_protected(_request: HttpRequest, _error: Loose) -> HttpResponse:
    detail = _("Other records refer to this one, so it cannot be deleted.")
    return problem(409, detail, kind="Refused", title=title_of(409))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer programs in their form and people with a page, where no address fits."""
    if request.path.startswith("/api/"):
        detail = _("There is no such address; /api/openapi.json lists all.")
        return problem(404, detail, kind="NotFound", title=title_of(404))
    return default_page_not_found(request, exception)


def problems_for_programs(
    answer_to: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Turn refusals that never reach the API, as of a wrong method, into its form of errors."""

    def answered(request: HttpRequest) -> HttpResponse:
        answer = answer_to(request)
        if answer.status_code not in (404, 405) or answer["Content-Type"] == PROBLEM_TYPE:
            return answer
        if not request.path.startswith(("/api/", "/generate_pallets")):
            return answer
        if answer.status_code == 404:
            return page_not_found(request, Http404())
        methods = answer["Allow"]
        detail = _("This address does not take %(method)s, but %(allowed)s.") % {
            "method": request.method,
            "allowed": methods,
        }
        told = problem(405, detail, kind="MethodNotAllowed", title=title_of(405))
        told["Allow"] = methods
        return told

    return answered


def title_of(status: int) -> str:
    """Return what errors of this status are called."""
    titles = {
        400: _("Cannot be read"),
        401: _("Not logged in"),
        403: _("Not allowed"),
        404: _("Not found"),
        405: _("Method not allowed"),
        409: _("Refused"),
        422: _("Cannot be used"),
        502: _("Another system failed"),
        503: _("Not configured"),
    }
    return titles.get(status, _("Error"))


def _field_of(place: Loose) -> str:
    # ("body", "request", "clientID") names the field last; the rest says where it was looked for.
    named = [str(step) for step in place if isinstance(step, str)]
    return named[-1] if named else "body"


def register_problems(api: NinjaAPI) -> None:
    """Have the API answer every error in this form."""
    api.add_exception_handler(UmschlagError, _of_ours)
    api.add_exception_handler(HttpError, _of_ninja)
    api.add_exception_handler(ValidationError, _of_input)
    api.add_exception_handler(ModelInvalid, _of_model)
    api.add_exception_handler(Http404, _of_missing)
    api.add_exception_handler(ProtectedError, _of_protected)
