"""The main job as a person sees it: set up, simulators, steps, report, then serve."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING

from rich.console import Console

from umschlag.jobs import children
from umschlag.jobs.progress import shown_progress
from umschlag.jobs.setting_up import (
    Administrator,
    ensure_administrator,
    make_var_dir,
    migrate_records,
    use_django,
)
from umschlag.kernel.errors import UmschlagError
from umschlag.settings import Settings

if TYPE_CHECKING:
    # Needs Django to be loaded, which `run` does first.
    from umschlag.jobs.steps import StepOutcome

SIMULATORS_SECONDS_MAX = 90.0
WEB_SECONDS_MAX = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What the person asked for. `small` serves a demo world that is ready in a moment."""

    once: bool = False
    small: bool = False


class MainJobFailed(UmschlagError):
    """At least one step did not work; the report says which and why."""


def run(settings: Settings, options: RunOptions, console: Console) -> None:
    """Do the main job and serve the back office until interrupted, or stop after the report.

    Raises:
        MainJobFailed: a step failed and `options.once` asked for the job alone.
        Misconfigured: a port is taken or a folder cannot be written.
        OwnDataInDemo: the demo's systems would be mixed with somebody's own sales.
    """
    if not options.once:
        children.require_free_port(
            settings.web_port, setting="UMSCHLAG_WEB_PORT", whose="back office"
        )
    make_var_dir(settings)
    use_django()
    with ExitStack() as stack, _terminated_like_interrupted():
        migrate_records()
        _require_no_own_sales(settings)
        login = _Login(console=console, settings=settings, administrator=ensure_administrator())
        # Called however the job ends: a password that was made must be seen once.
        stack.callback(login.show)
        if settings.mode == "demo":
            stack.enter_context(simulators(settings, console, small=options.small))
        failed = _job_and_report(settings, console)
        login.show()
        if options.once:
            if failed:
                raise MainJobFailed(failed)
            return
        serve(settings, console, stack)


def _require_no_own_sales(settings: Settings) -> None:
    from umschlag.wiring.own_data import require_no_own_sales

    require_no_own_sales(settings)


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """Turn SIGTERM into the exit that Ctrl-C takes, so that children are stopped."""

    def on_signal(signum: int, frame: FrameType | None) -> None:
        del frame
        raise SystemExit(128 + signum)

    before = signal.signal(signal.SIGTERM, on_signal)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def simulators(settings: Settings, console: Console, *, small: bool) -> Iterator[None]:
    """Serve the demo world on loopback for as long as the block runs.

    Raises:
        Misconfigured: the port is taken.
        OutsideSystemFailed: they do not start; with the reason.
    """
    from django.utils.translation import gettext as _

    children.require_free_port(
        settings.simulators_port, setting="UMSCHLAG_SIMULATORS_PORT", whose="simulators"
    )
    command = children.own_command("simulators", *(["--small"] if small else []))
    child = children.start(settings, "simulators", command)
    try:
        children.wait_until_answering(
            child, f"{settings.simulators_url}/health", seconds_max=SIMULATORS_SECONDS_MAX
        )
        console.print(_("The demo's outside systems answer at %s") % settings.simulators_url)
        yield
    finally:
        child.stop()


def _job_and_report(settings: Settings, console: Console) -> str:
    """Run the steps and print the report; return why it failed, or nothing."""
    from django.utils import translation

    from umschlag.jobs.main_job import main_steps
    from umschlag.jobs.steps import failures_in, run_steps

    with translation.override(settings.language):
        with shown_progress(console) as progress_for:
            outcomes = run_steps(
                main_steps(), settings, progress_for=progress_for, told=line_printer(console)
            )
        report(settings, console, outcomes)
    return failures_in(outcomes)


def report(settings: Settings, console: Console, outcomes: Sequence["StepOutcome"] = ()) -> None:
    """Print the manager's report from what is known now."""
    from umschlag.jobs.movement import movement_lines
    from umschlag.jobs.profit import profit_lines
    from umschlag.jobs.report import print_report
    from umschlag.wiring.best_sellers import best_sellers
    from umschlag.wiring.forecast_quality import forecast_quality, quality_line
    from umschlag.wiring.overview import overview

    print_report(
        console,
        overview(settings),
        best_sellers=best_sellers(),
        outcomes=outcomes,
        further=[
            *movement_lines(settings),
            *filter(None, [quality_line(forecast_quality())]),
            *profit_lines(settings),
        ],
    )


def line_printer(console: Console) -> Callable[["StepOutcome"], None]:
    """Return what prints one line for each step that ends."""
    from umschlag.jobs.steps import StepState

    marks = {
        StepState.DONE: "[green]✓[/green]",
        StepState.FAILED: "[red]✗[/red]",
        StepState.LEFT_OUT: "[yellow]–[/yellow]",
    }

    def told(outcome: "StepOutcome") -> None:
        from rich.markup import escape

        console.print(
            f"{marks[outcome.state]} {escape(outcome.step.title):<20} {outcome.seconds:6.1f} s  "
            f"{escape(outcome.said)}",
            highlight=False,
            soft_wrap=True,
        )

    return told


@dataclass(slots=True, kw_only=True)
class _Login:
    """Shows once where the back office is and how to get in."""

    console: Console
    settings: Settings
    administrator: Administrator
    is_shown: bool = False

    def show(self) -> None:
        from django.utils import translation

        if self.is_shown:
            return
        self.is_shown = True
        with translation.override(self.settings.language):
            self._print()

    def _print(self) -> None:
        from django.utils.translation import gettext as _

        text = _("Back office: http://localhost:%(port)d/admin/ – user %(name)s") % {
            "port": self.settings.web_port,
            "name": self.administrator.name,
        }
        self.console.print()
        self.console.print(text, style="bold", highlight=False)
        if self.administrator.password is None:
            self.console.print(_("Password lost? `umschlag admin-password` makes a new one."))
            return
        self.console.print(
            _("Password: %s – shown only now; `umschlag admin-password` makes a new one")
            % self.administrator.password,
            markup=False,
            highlight=False,
        )


def serve(settings: Settings, console: Console, stack: ExitStack) -> None:
    """Serve the back office and run the jobs until Ctrl-C or SIGTERM; stop both in order."""
    from django.db import connections
    from django.utils.translation import gettext as _

    # Closed, since the children open connections of their own.
    connections.close_all()
    started = []
    # From the first child on: whoever sees the page answer may tell us to stop at once.
    with _interrupted() as stop:
        for name, command in (("back office", web_command(settings)), ("worker", worker_command())):
            child = children.start(settings, name.replace(" ", "-"), command)
            stack.callback(child.stop)
            started.append(child)
        address = f"http://127.0.0.1:{settings.web_port}/api/health"
        children.wait_until_answering(started[0], address, seconds_max=WEB_SECONDS_MAX)
        console.print(
            _("Serving http://localhost:%d – Ctrl-C stops everything.") % settings.web_port,
            highlight=False,
        )
        while not stop.wait(timeout=1.0):
            for child in started:
                if not child.is_running:
                    raise MainJobFailed(
                        f"the {child.name} has ended: {children.last_line(child.log_file)} "
                        f"(all of it: {child.log_file})"
                    )
    console.print(_("Stopping …"))


def web_command(settings: Settings) -> list[str]:
    """Return the command line of the back office."""
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "umschlag.web.wsgi:application",
        "--bind",
        f"{settings.web_bind}:{settings.web_port}",
        "--workers",
        str(settings.web_workers),
        "--timeout",
        # Whoever plans over the API waits for as long as planning may take, and for its reasons.
        str(settings.allocation_seconds_max + 120),
        "--error-logfile",
        "-",
        # It would lie in the home folder, outside the checkout.
        "--no-control-socket",
    ]


def worker_command() -> list[str]:
    """Return the command line of the worker."""
    return children.own_command("worker")


@contextmanager
def _interrupted() -> Iterator[threading.Event]:
    stop = threading.Event()

    def on_signal(signum: int, frame: FrameType | None) -> None:
        del signum, frame
        stop.set()

    before = {name: signal.signal(name, on_signal) for name in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
