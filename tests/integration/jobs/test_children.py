"""Real processes: started, watched until they answer, and stopped whatever they do."""

import signal
import socket
import sys

import pytest

from builders.serving import serving
from umschlag.jobs import children
from umschlag.kernel.errors import Misconfigured, OutsideSystemFailed

SLEEPS = "import time; print('ready', flush=True); time.sleep(60)"
IGNORES = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPS}"


@pytest.fixture
def started(settings_in):
    """Return what starts a Python program as a child; all of them are killed in the end."""
    own = []

    def start(program, name="helper"):
        child = children.start(settings_in(), name, [sys.executable, "-c", program])
        own.append(child)
        return child

    yield start
    for child in own:
        child.process.kill()
        child.process.wait()


def wait_for_output(child):
    while child.is_running and not child.log_file.read_text():
        pass


async def nothing_but_health(scope, receive, send):
    status = 200 if scope["path"] == "/health" else 503
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def test_a_childs_output_goes_to_its_own_file(started, settings_in):
    child = started("import sys; print('one'); print('two', file=sys.stderr)", name="worker")

    child.process.wait()

    assert child.log_file == settings_in().var_dir / "log" / "worker.log"
    assert sorted(child.log_file.read_text().split()) == ["one", "two"]


def test_a_child_that_listens_to_a_request_to_end_ends(started):
    child = started(SLEEPS)

    child.stop()
    child.stop()

    assert child.process.returncode == -signal.SIGTERM


def test_a_child_that_does_not_listen_is_killed(started):
    child = started(IGNORES)
    wait_for_output(child)

    child.stop(seconds_max=0.1)

    assert child.process.returncode == -signal.SIGKILL


def test_who_answers_is_waited_for_no_longer(started):
    with serving(nothing_but_health) as url:
        children.wait_until_answering(started(SLEEPS), f"{url}/health", seconds_max=30)


def test_a_child_that_ends_at_once_is_told_with_its_last_words(started):
    child = started("import sys; print('the port is taken'); print(); sys.exit(3)")
    child.process.wait()

    with pytest.raises(OutsideSystemFailed, match="status 3: the port is taken") as failed:
        children.wait_until_answering(child, "http://127.0.0.1:9/health", seconds_max=30)

    assert str(child.log_file) in str(failed.value)


def test_an_answer_that_is_no_success_is_none(started):
    with serving(nothing_but_health) as url, pytest.raises(OutsideSystemFailed, match="not answer"):
        children.wait_until_answering(started(SLEEPS), f"{url}/other", seconds_max=0.3)


def test_a_port_in_use_names_the_setting_and_a_free_one_stays_free():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Misconfigured, match=f"port {port} .* set UMSCHLAG_WEB_PORT"):
            children.require_free_port(port, setting="UMSCHLAG_WEB_PORT", whose="back office")

    for _ in range(2):
        children.require_free_port(port, setting="UMSCHLAG_WEB_PORT", whose="back office")


@pytest.mark.parametrize(
    ("content", "line"), [("", "no output"), ("a\n\n  b  \n \n", "b"), ("only", "only")]
)
def test_the_last_line_is_the_last_that_says_something(tmp_path, content, line):
    file = tmp_path / "child.log"
    file.write_text(content)

    assert children.last_line(file) == line
