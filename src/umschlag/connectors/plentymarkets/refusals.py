"""Refusals told apart: a right or a route that is missing, and the cap on sessions."""

import httpx2
import msgspec

from umschlag.connectors.plentymarkets.values import part_of
from umschlag.connectors.transport import OutsideSystem
from umschlag.kernel.errors import LoginRejected, UnexpectedAnswer


class RightMissing(LoginRejected):
    """The API user lacks the right to a route; the message names it."""


class RouteMissing(UnexpectedAnswer):
    """The system does not have the route: 404."""


def require_open(response: httpx2.Response, *, system: OutsideSystem) -> None:
    """Refuse an answer that says that we may not go there, or that there is nothing.

    Raises:
        RightMissing: 403; the message names the rights, where the answer does.
        RouteMissing: 404.
    """
    if response.status_code == 404:
        raise RouteMissing(system.described(response))
    if response.status_code != 403:
        return
    request = response.request
    rights = ", ".join(_missing_rights(response)) or "to it, which the refusal does not name"
    raise RightMissing(
        f"{system.name}: {request.method} {request.url.path} needs the right {rights}; tick it for "
        "the API user under Setup » Settings » User » Accounts, and try again within the hour that "
        "a session keeps its old rights"
    )


def is_session_cap(response: httpx2.Response) -> bool:
    """Tell whether a login was refused because others hold all the sessions."""
    return b"too_many_concurrent_sessions" in response.content


def _missing_rights(response: httpx2.Response) -> list[str]:
    try:
        answer = part_of(msgspec.json.decode(response.content))
    except msgspec.DecodeError:
        return []
    return list(part_of(part_of(answer.get("error")).get("missing_permissions")))
