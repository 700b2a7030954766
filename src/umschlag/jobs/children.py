"""Processes that the main job starts and stops: simulators, back office, worker."""

import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from umschlag.kernel.errors import Misconfigured, OutsideSystemFailed
from umschlag.settings import Settings

STOP_SECONDS_MAX = 15.0
"""Longer than any request or task step should take; then the child is killed."""
_POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """One running child with the file its output goes to."""

    name: str
    process: "subprocess.Popen[bytes]"
    log_file: Path

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self.process.poll() is None

    def stop(self, *, seconds_max: float = STOP_SECONDS_MAX) -> None:
        """End it: politely first, then for certain."""
        if not self.is_running:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=seconds_max)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def require_free_port(port: int, *, setting: str, whose: str) -> None:
    """Refuse to go on when another program listens on the port.

    Raises:
        Misconfigured: it is taken; the message gives the cure.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Misconfigured(
                f"port {port} for the {whose} is taken ({error.strerror}): stop the other program "
                f"(perhaps another `umschlag run`), or set {setting} to a free port"
            ) from error


def start(settings: Settings, name: str, command: Sequence[str]) -> Child:
    """Start the command as a child whose output goes to `var/log/<name>.log`."""
    log_file = settings.var_dir / "log" / f"{name}.log"
    log_file.parent.mkdir(parents=True, exist_ok=True)
    with log_file.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - the commands are ours, no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            # Only we hear Ctrl-C, so that the children are stopped in order.
            start_new_session=True,
        )
    return Child(name=name, process=process, log_file=log_file)


def own_command(*arguments: str) -> list[str]:
    """Return the command line that runs `umschlag` with the arguments in this environment."""
    return [sys.executable, "-m", "umschlag.jobs", *arguments]


def wait_until_answering(child: Child, url: str, *, seconds_max: float) -> None:
    """Return as soon as the address answers 200.

    Raises:
        OutsideSystemFailed: the child ended, or the time is over; with the end of its output.
    """
    deadline = time.monotonic() + seconds_max
    while time.monotonic() < deadline:
        if not child.is_running:
            code = child.process.returncode
            raise OutsideSystemFailed(
                f"the {child.name} ended at once with status {code}: {last_line(child.log_file)} "
                f"(all of it: {child.log_file})"
            )
        if _answers(url):
            return
        time.sleep(_POLL_SECONDS)
    raise OutsideSystemFailed(
        f"the {child.name} did not answer at {url} within {seconds_max:.0f} s; see {child.log_file}"
    )


def _answers(url: str) -> bool:
    try:
        # Loopback only: no proxy of the environment may step between.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def last_line(file: Path) -> str:
    """Return the last line of the file that says something."""
    lines = file.read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "no output")
