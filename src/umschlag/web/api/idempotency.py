"""`Idempotency-Key`: a write that is sent twice has one effect and one answer."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from umschlag.settings import load_settings
from umschlag.storage.records.idempotency import (
    KEPT_DAYS,
    Answer,
    KeyedRequest,
    OtherRequest,
    StillAtWork,
    answered_late,
    answered_once,
)
from umschlag.web.api.access import TokenAuth
from umschlag.web.api.problems import problem, title_of
from umschlag.web.loose import Loose

HEADER = "Idempotency-Key"
REPEATED_HEADER = "Idempotency-Replayed"
KEY_PATTERN = r"^[\x21-\x7e]{1,255}$"
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
DESCRIPTION = (
    "Any text of your own, such as a UUID, made anew for each thing to do and sent again with each "
    "repetition of the request. The same key with the same request gives the same answer and has "
    f"one effect, also after a crash; it is kept for {KEPT_DAYS} days, for each user apart. With "
    "another request it is refused (422), and while the first is still being answered too (409): "
    "then ask again. Planning that was broken off leaves its key claimed, and the answer says from "
    "when on asking again takes it over. A request that was refused leaves its key free."
)
BESIDE_THE_SEARCH = timedelta(minutes=15)
"""What a plan may take beside its search, generously: so much later it counts as broken off."""
Begin = Callable[[], None]
_Run = Callable[..., HttpResponse]
_Operation = TypeVar("_Operation", bound=Callable[..., Any])
_WORKS_LONG = "works_long"
_BEGIN = "begin_effect"


def with_one_effect(run: _Run) -> _Run:
    """Let an operation that writes be repeated under the caller's key."""

    @wraps(run)
    def keyed(request: HttpRequest, **arguments: Loose) -> HttpResponse:
        key = request.headers.get(HEADER)
        user = _caller(request)
        # A stranger is told to log in, whatever the key.
        if key is None or request.method not in WRITES or user is None:
            return run(request, **arguments)
        if not re.fullmatch(KEY_PATTERN, key):
            text = _("A key has 1 to 255 letters, digits and signs, without spaces.")
            return _refusal(422, text)
        asked = KeyedRequest(
            user_id=user.pk, key=key, fingerprint=_fingerprint(request), at=timezone.now()
        )

        def answer_late(begin: Begin) -> Answer:
            setattr(request, _BEGIN, begin)
            return _answer(run(request, **arguments))

        try:
            if _works_long(run):
                answer = answered_late(asked, answer_late, at_work_for=_at_work_for())
            else:
                answer = answered_once(asked, lambda: _answer(run(request, **arguments)))
        except StillAtWork as error:
            return _still_at_work(error)
        except OtherRequest:
            text = _("This key was used for another request. Make a new one for each thing to do.")
            return _refusal(422, text)
        return _response(answer)

    return keyed


def works_long(operation: _Operation) -> _Operation:
    """Let the operation claim its key first and begin its transaction itself, by `begin_of`."""
    setattr(operation, _WORKS_LONG, True)
    return operation


def begin_of(request: HttpRequest) -> Begin | None:
    """Return what begins the transaction of an operation that works long; None without a key."""
    begin: Begin | None = getattr(request, _BEGIN, None)
    return begin


def told_in(operation: dict[str, Any]) -> None:
    """Tell the header, and what it can be answered, in one operation of the schema."""
    operation.setdefault("parameters", []).append(
        {
            "in": "header",
            "name": HEADER,
            "required": False,
            "description": DESCRIPTION,
            "schema": {"type": "string", "pattern": KEY_PATTERN, "minLength": 1, "maxLength": 255},
        }
    )
    answers = operation["responses"]
    for status in (409, 422):
        answers.setdefault(status, {**answers[401], "description": HTTPStatus(status).phrase})


def _works_long(run: _Run) -> bool:
    # The operation that ninja hands its method of: its view carries the mark through `wraps`.
    operation = getattr(run, "__self__", None)
    return bool(getattr(getattr(operation, "view_func", None), _WORKS_LONG, False))


def _at_work_for() -> timedelta:
    return timedelta(seconds=load_settings().allocation_seconds_max) + BESIDE_THE_SEARCH


def _still_at_work(error: StillAtWork) -> HttpResponse:
    text = _("A request with this key is still being answered. Ask again in a moment.")
    if error.free_at is not None:
        text = _(
            "A request with this key is still being worked on. Ask again until it is answered. "
            "Should it have been broken off, asking takes it over from %s on."
        ) % error.free_at.isoformat(timespec="seconds")
    refused = _refusal(409, text)
    refused["Retry-After"] = "1" if error.free_at is None else "10"
    return refused


def _caller(request: HttpRequest) -> User | None:
    found = TokenAuth()(request)
    user = found or request.user
    return user if isinstance(user, User) else None


def _fingerprint(request: HttpRequest) -> str:
    """Return a text that is equal for equal requests: bodies that differ in spaces alone are."""
    try:
        body = json.dumps(json.loads(request.body), sort_keys=True)
    except ValueError:
        body = request.body.hex()
    return f"{request.method} {request.get_full_path()} {body}"


def _answer(response: HttpResponse) -> Answer:
    return Answer(
        status=response.status_code,
        content_type=response.get("Content-Type", ""),
        content=response.content.decode(),
    )


def _response(answer: Answer) -> HttpResponse:
    response = HttpResponse(
        answer.content, status=answer.status, content_type=answer.content_type or None
    )
    if answer.is_repeated:
        response[REPEATED_HEADER] = "true"
    return response


def _refusal(status: int, text: str) -> HttpResponse:
    errors = [{"field": HEADER, "message": text}]
    return problem(status, text, kind="IdempotencyKey", title=title_of(status), errors=errors)
