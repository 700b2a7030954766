"""The API as a whole."""

from collections.abc import Callable
from functools import wraps
from importlib.metadata import version

from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Router
from ninja.openapi.schema import OpenAPISchema

from umschlag.web.api import (
    acting,
    arrivals,
    article,
    balance_corrections,
    forecast_quality,
    generating,
    leaving,
    ledger,
    lists,
    marketplaces,
    movement,
    profit,
    rules,
    runs,
    successions,
    transfers,
    ungating_cases,
)
from umschlag.web.api.access import StaffSession, TokenAuth
from umschlag.web.api.idempotency import WRITES, told_in, with_one_effect
from umschlag.web.api.problems import PROBLEM_TYPE, register_problems
from umschlag.web.api.schemas import Health
from umschlag.web.api.strictness import with_known_arguments_alone
from umschlag.web.loose import Loose

_DESCRIPTION = """\
Both halves of Umschlag for programs. Send `Authorization: Bearer <token>`; tokens are made in the
back office under System, API tokens. Lists are paged with `limit` and `offset`. Errors are
`application/problem+json` and name the field at fault. Amounts are minor units with a currency.
Every write takes an `Idempotency-Key`: sent again with the same key it has one effect.
"""


class UmschlagApi(NinjaAPI):
    """Tells in its schema that errors come as problem+json."""

    def get_openapi_schema(self, **options: Loose) -> OpenAPISchema:
        """Return the schema with the media type that errors really have."""
        schema = super().get_openapi_schema(**options)
        for path in schema["paths"].values():
            for method, operation in path.items():
                if method.upper() in WRITES:
                    told_in(operation)
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "content" in answer:
                        answer["content"] = {PROBLEM_TYPE: answer["content"]["application/json"]}
        return schema


health_router = Router(tags=["System"])


@health_router.get("/health", response=Health, auth=None)
def health(request: HttpRequest) -> dict[str, str]:  # noqa: ARG001 - ninja hands it over by this name
    """Say that the process answers and can read its records. Open to everybody."""
    from django.contrib.auth.models import User

    User.objects.exists()
    return {"status": "ok"}


def _for_callers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Show the schema and its page to whoever may call the API; others may log in."""

    @wraps(view, assigned=())
    def guarded(request: HttpRequest, *args: Loose, **kwargs: Loose) -> HttpResponse:
        if TokenAuth()(request) is not None:
            return view(request, *args, **kwargs)
        return staff_member_required(view)(request, *args, **kwargs)

    return guarded


def _api(**options: Loose) -> UmschlagApi:
    made = UmschlagApi(
        title="Umschlag",
        version=version("umschlag"),
        description=_DESCRIPTION,
        auth=[TokenAuth(), StaffSession()],
        **options,
    )
    register_problems(made)
    made.add_decorator(with_known_arguments_alone)
    made.add_decorator(with_one_effect, mode="view")
    return made


api = _api(urls_namespace="api", docs_decorator=_for_callers)
api.add_router("", health_router)
api.add_router("", generating.router)
api.add_router("", leaving.router)
api.add_router("", ledger.router)
api.add_router("", balance_corrections.router)
api.add_router("", runs.router)
api.add_router("", lists.router)
api.add_router("", arrivals.router)
api.add_router("", transfers.router)
api.add_router("", movement.router)
api.add_router("", article.router)
api.add_router("", profit.router)
api.add_router("", acting.router)
api.add_router("", forecast_quality.router)
api.add_router("", rules.router)
api.add_router("", successions.router)
api.add_router("", marketplaces.router)
api.add_router("", ungating_cases.router)

root_api = _api(urls_namespace="root-api", openapi_url=None, docs_url=None)
root_api.add_router("", generating.router)
