"""One process that serves every simulator on one port of the loopback interface."""

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from umschlag.kernel.errors import Misconfigured
from umschlag.simulators.autofba.app import create_app as autofba
from umschlag.simulators.demo.access import service_account_key_file
from umschlag.simulators.demo.calendar import ZONE
from umschlag.simulators.demo.scale import DemoScale
from umschlag.simulators.demo.world import DemoWorld
from umschlag.simulators.google_sheets.app import Knobs as SheetKnobs
from umschlag.simulators.google_sheets.app import create_app as google_sheets
from umschlag.simulators.language_model.app import create_app as language_model
from umschlag.simulators.plentymarkets.app import create_app as plentymarkets
from umschlag.simulators.sellerboard.app import create_app as sellerboard
from umschlag.simulators.ungating.app import create_app as ungating

MOUNTS = {
    "plentymarkets": "/plentymarkets",
    "sellerboard": "/sellerboard",
    "google_sheets": "/google",
    "autofba": "/autofba",
    "ungating": "/ungating",
    "language_model": "/openai",
}
"""Where each simulator is mounted, by the name of its module."""
_MAKERS: Mapping[str, Callable[..., Starlette]] = {
    "plentymarkets": plentymarkets,
    "sellerboard": sellerboard,
    "google_sheets": google_sheets,
    "autofba": autofba,
    "ungating": ungating,
    "language_model": language_model,
}
WORLD_FILE = "world.json"
DAYS_DEFAULT = 400


@dataclass(frozen=True, slots=True)
class RunningSimulators:
    """Simulators that serve in a thread of this process."""

    url: str
    """Address without a path; mounts follow it."""
    world: DemoWorld
    state_dir: Path


def serve(*, port: int, state_dir: Path, days: int = DAYS_DEFAULT, **sizes: int) -> None:
    """Serve until interrupted; `sizes` are those of `DemoScale`, for the first start.

    The first date and the sizes are kept in `state_dir`, so that tomorrow's world has today's
    past. A world left running moves on to the next day by itself.

    Raises:
        Misconfigured: `state_dir` holds a world of another size, or one from the future.
    """
    scale = scale_kept_in(state_dir, today=_today(), days=days, sizes=sizes)
    token_uri = f"http://127.0.0.1:{port}{MOUNTS['google_sheets']}/token"
    key_file = service_account_key_file(state_dir, token_uri=token_uri)
    app = DayByDay(scale, today=_today, knobs={"google_sheets": SheetKnobs(key_file=key_file)})
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=port,
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=2,
    )


@contextlib.contextmanager
def running_simulators(
    *,
    scale: DemoScale,
    knobs: Mapping[str, object] | object | None = None,
    state_dir: Path | None = None,
) -> Iterator[RunningSimulators]:
    """Serve the world on a free port in a thread, and stop at the end of the block.

    `knobs` are by simulator's module name, as `{"plentymarkets": Knobs(...)}`; anything else
    than a mapping is taken for Plentymarkets' knobs. `state_dir` takes the service account's
    key; without one it lives as long as the block.
    """
    turned: Mapping[str, Any] = knobs if isinstance(knobs, Mapping) else {"plentymarkets": knobs}
    world = DemoWorld(scale)
    with _listener() as listener, TemporaryDirectory() as folder:
        state_dir = state_dir or Path(folder)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        token_uri = f"{url}{MOUNTS['google_sheets']}/token"
        sheet_knobs = turned.get("google_sheets") or SheetKnobs()
        sheet_knobs.key_file = service_account_key_file(state_dir, token_uri=token_uri)
        turned = {**turned, "google_sheets": sheet_knobs}
        config = uvicorn.Config(
            create_app(world, turned), log_config=None, lifespan="off", ws="none", access_log=False
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            # The listener queues calls until the server takes them: nobody has to wait for it.
            yield RunningSimulators(url, world, state_dir)
        finally:
            server.should_exit = True
            thread.join(timeout=30)


def create_app(world: DemoWorld, knobs: Mapping[str, Any]) -> Starlette:
    """Return all simulators of the world, each below its mount."""
    routes: list[Route | Mount] = [Route("/health", _health(world))]
    for name, mount in MOUNTS.items():
        routes.append(Mount(mount, _MAKERS[name](world, knobs.get(name))))
    return Starlette(routes=routes)


@dataclass(slots=True)
class DayByDay:
    """Serves the world as of today, and lives through a day when the date has changed."""

    scale: DemoScale
    today: Callable[[], date]
    knobs: Mapping[str, Any] = field(default_factory=dict)
    _app: ASGIApp = field(init=False)

    def __post_init__(self) -> None:
        """Live through the past at once: who calls shall not have to wait for it."""
        self._app = create_app(DemoWorld(self.scale), self.knobs)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the call on to today's simulators."""
        today = self.today()
        if today > self.scale.today:
            self.scale = replace(self.scale, today=today)
            self._app = create_app(DemoWorld(self.scale), self.knobs)
        await self._app(scope, receive, send)


def scale_kept_in(
    state_dir: Path, *, today: date, days: int, sizes: Mapping[str, int]
) -> DemoScale:
    """Return the scale that `state_dir` keeps, or keep one that ends today with that many days.

    Raises:
        Misconfigured: it holds a world of another size, or one that begins after today.
    """
    path = state_dir / WORLD_FILE
    if not path.exists():
        scale = DemoScale(first_date=today - timedelta(days=days - 1), today=today, **sizes)
        kept = {name: value for name, value in asdict(scale).items() if name != "today"}
        state_dir.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({**kept, "first_date": scale.first_date.isoformat()}, indent=1))
        return scale
    kept = _read_kept(path)
    differing = [name for name, value in sizes.items() if kept.get(name) != value]
    if differing:
        raise Misconfigured(
            f"{path} keeps a demo world with another {', '.join(differing)}; leave the option out, "
            "or delete the demo's whole folder to begin a new world"
        )
    if kept["first_date"] > today:
        raise Misconfigured(
            f"the demo world in {path} begins on {kept['first_date']}, after today; "
            "set the clock right, or delete the demo's whole folder"
        )
    return DemoScale(today=today, **kept)


def _read_kept(path: Path) -> dict[str, Any]:
    names = {place.name for place in fields(DemoScale)} - {"today"}
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if set(kept) != names:
            raise ValueError(f"it names {sorted(kept)}")
        return {**kept, "first_date": date.fromisoformat(kept["first_date"])}
    except (ValueError, TypeError) as error:
        raise Misconfigured(
            f"{path} is no description of a demo world ({error}); delete the demo's whole folder "
            "to begin a new world"
        ) from error


def _health(world: DemoWorld) -> Callable[[Request], Any]:
    async def health(request: Request) -> JSONResponse:
        del request
        return JSONResponse({"status": "ok", "today": world.scale.today.isoformat()})

    return health


def _listener() -> socket.socket:
    """Return a socket that listens on a free port of loopback."""
    # asyncio sends small answers at once only where the socket names its protocol; else each
    # waits forty milliseconds for the other side's acknowledgement.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    return listener


def _today() -> date:
    return datetime.now(ZONE).date()
