"""Arguments in the address that no one asked for are refused: a filter misspelt filters nothing."""

from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.params.models import Query

from umschlag.kernel.errors import BadInput
from umschlag.web.loose import Loose

View = Callable[..., Any]


def with_known_arguments_alone(view: View) -> View:
    """Refuse a call whose address has an argument that the view does not know."""
    known = _names_in_the_address(view)

    @wraps(view)
    def strict(request: HttpRequest, *args: Loose, **kwargs: Loose) -> Loose:
        unknown = sorted(name for name in request.GET if name not in known)
        if unknown:
            raise BadInput(_refusal(unknown[0], known), field=unknown[0])
        return view(request, *args, **kwargs)

    return strict


def _refusal(unknown: str, known: set[str]) -> str:
    if not known:
        return _("There is no argument “%s”; this address takes none.") % unknown
    return _("There is no argument “%(unknown)s”. Known are: %(known)s.") % {
        "unknown": unknown,
        "known": ", ".join(sorted(known)),
    }


def _names_in_the_address(view: View) -> set[str]:
    names: set[str] = set()
    for hint in get_type_hints(view, include_extras=True).values():
        if get_origin(hint) is not Annotated:
            continue
        asked, *marks = get_args(hint)
        if any(isinstance(mark, Query) for mark in marks):
            names.update(asked.model_fields)
    return names
