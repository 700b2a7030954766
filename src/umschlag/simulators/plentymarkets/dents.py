"""Shapes that other tenants' answers were seen in, pressed into ours where a knob says so."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

import msgspec

from umschlag.simulators.demo.calendar import ZONE
from umschlag.simulators.plentymarkets.answers import Answer, Question
from umschlag.simulators.plentymarkets.knobs import DateStyle, Knobs

Handler = Callable[[Question], Answer]
_PAGES_MAX = 10_000
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:?\d\d")
"""As healthy answers write it; no article's name is taken for one."""


def asked_of(question: Question, knobs: Knobs) -> Question:
    """Return the question as this tenant understands it: what it does not know is left out."""
    query = {name: list(values) for name, values in question.query.items()}
    for name in knobs.ignored_filters:
        query.pop(name, None)
    if knobs.ignored_relations:
        kept = [v for v in question.values("with") if not v.startswith(knobs.ignored_relations)]
        query.pop("with[]", None)
        query["with"] = [",".join(kept)]
    if knobs.page_rows_max is not None:
        size = min(question.number("itemsPerPage", 50), knobs.page_rows_max)
        query["itemsPerPage"] = [str(size)]
    return replace(question, query=query)


def dented(question: Question, handler: Handler, knobs: Knobs) -> Answer:
    """Return the handler's answer in the shape that the knobs ask for."""
    path = question.path
    answer = _whole(question, handler) if path in knobs.bare_paths else handler(question)
    if answer.status != 200 or not (_is_rewriting(knobs) or path in knobs.laravel_paths):
        return answer
    value = msgspec.json.decode(answer.body)
    if path in knobs.laravel_paths:
        value = _in_laravel_envelope(value)
    if _is_rewriting(knobs):
        value = _rewritten(value, knobs, count())
    return Answer.of(value)


def _is_rewriting(knobs: Knobs) -> bool:
    return knobs.is_writing_numbers_as_text or bool(knobs.date_styles)


def _whole(question: Question, handler: Handler) -> Answer:
    """Return every row of a list as a bare array."""
    entries: list[object] = []
    for page in range(1, _PAGES_MAX):
        query = {**question.query, "page": [str(page)], "itemsPerPage": ["1000"]}
        answer = handler(replace(question, query=query))
        value = msgspec.json.decode(answer.body)
        if answer.status != 200 or not isinstance(value, dict):
            return answer
        entries += value["entries"]
        if value["isLastPage"]:
            break
    return Answer.of(entries)


def _in_laravel_envelope(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if not isinstance(value, dict) or "totalsCount" not in value:
        return value
    return {
        "current_page": value["page"],
        "last_page": value["lastPageNumber"],
        "per_page": value["itemsPerPage"],
        "from": value["firstOnPage"],
        "to": value["lastOnPage"],
        "total": value["totalsCount"],
        "data": value["entries"],
    }


def _rewritten(value: Any, knobs: Knobs, turns: "count[int]") -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, list):
        return [_rewritten(part, knobs, turns) for part in value]
    if isinstance(value, dict):
        return {name: _rewritten(part, knobs, turns) for name, part in value.items()}
    if knobs.date_styles and isinstance(value, str):
        return _dated(value, knobs.date_styles, turns)
    if knobs.is_writing_numbers_as_text and type(value) in (int, float):
        return f"{value:.2f}" if isinstance(value, float) else str(value)
    return value


def _dated(text: str, styles: tuple[DateStyle, ...], turns: "count[int]") -> str:
    """Return an instant in the style whose turn it is, and any other text as it is."""
    if not _INSTANT.fullmatch(text):
        return text
    style = styles[next(turns) % len(styles)]
    if style is DateStyle.NO_COLON:
        return text[:19] + text[19:].replace(":", "")
    if style is DateStyle.SHOP_TIME:
        return datetime.fromisoformat(text).astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")
    return DateStyle.ZERO.value if style is DateStyle.ZERO else text
