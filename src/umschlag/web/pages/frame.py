"""What all our own pages have in common: who may see them, and the back office around them."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import wraps

from django.contrib import admin, messages
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from umschlag.kernel.errors import UmschlagError
from umschlag.web.loose import Loose

View = Callable[..., HttpResponseBase]
_KEY_DIGITS_MAX = 15
"""Larger numbers overflow the keys of some databases."""
_COUNT_DIGITS_MAX = 9
"""A thousand million units are a slip of the hand."""


def staff_page(permission: str) -> Callable[[View], View]:
    """Return a decorator: only logged-in staff with the permission may see the page.

    Everybody else lands on the login form, and staff without the permission on a refusal.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Loose, **kwargs: Loose) -> HttpResponseBase:
            if not request.user.has_perm(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return wraps(view)(admin.site.admin_view(guarded))

    return decorate


def page(request: HttpRequest, template: str, *, title: str, **context: object) -> TemplateResponse:
    """Return one of our pages inside the back office."""
    return TemplateResponse(
        request,
        f"umschlag/{template}",
        {**admin.site.each_context(request), "title": title, **context},
    )


def tell_refusal(request: HttpRequest, error: UmschlagError, back_to: str) -> HttpResponse:
    """Say why nothing was done, on the page that the person came from."""
    messages.error(request, error.message)
    return HttpResponseRedirect(back_to)


def typed_key(text: str | None) -> int:
    """Return the record key in the text; 0, which no record has, where there is none."""
    return int(text) if text and _is_whole(text, digits_max=_KEY_DIGITS_MAX) else 0


def typed_count(text: str | None) -> int | None:
    """Return the whole number that a person typed; None where it is none, or endless."""
    typed = (text or "").strip()
    return int(typed) if _is_whole(typed, digits_max=_COUNT_DIGITS_MAX) else None


def asked_date(request: HttpRequest, name: str) -> date | None:
    """Return the day that the address asks for; what is no day counts as not asked."""
    try:
        return parse_date(request.GET.get(name, ""))
    except ValueError:
        return None


def unread_day(request: HttpRequest, name: str) -> str:
    """Return what stands in the address in place of this day and is none; empty otherwise."""
    text = request.GET.get(name, "").strip()
    return text if text and asked_date(request, name) is None else ""


def unread_days(request: HttpRequest, *names: str) -> dict[str, str]:
    """Return those of the days in the address that are none, as they stand there."""
    return {name: text for name in names if (text := unread_day(request, name))}


def unread_text(unread: Mapping[str, str]) -> str:
    """Say which texts are no days and how one is written; empty where there are none."""
    return " ".join(_("“%s” is no day. Write it as 2026-08-31.") % text for text in unread.values())


def _is_whole(text: str, *, digits_max: int) -> bool:
    # Other scripts' digits are digits for Python too, and not for everyone who reads the number.
    return text.isascii() and text.isdigit() and len(text) <= digits_max


def key_of(user: User | AnonymousUser) -> int | None:
    """Return the record key of the person who acts."""
    return user.pk if user.is_authenticated else None
