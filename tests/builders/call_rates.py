"""One clock for client and simulator, and the rate of calls that the simulator counted on it."""

import threading
from itertools import pairwise

import httpx2

from umschlag.simulators.plentymarkets.knobs import BASIC, CLASSIC, FLEX, PLUS

EDITIONS = {"basic": BASIC, "classic": CLASSIC, "flex": FLEX, "plus": PLUS}
ANSWER_SECONDS = 0.05


def rates(windows):
    """Return for each window the share of the allowed rate that was used, pauses included."""
    return [
        window.used / window.limit * 60 / (following.started_at - window.started_at)
        for window, following in pairwise(windows)
    ]


class SharedTime:
    """One clock for client and simulator, as compressed as can be: answers and waits move it.

    So real threads talk over real sockets, and still no figure depends on how busy the machine is.
    """

    def __init__(self):
        self.seconds = 1_000.0
        self._changed = threading.Condition()
        self._on_the_wire = 0
        self._own = threading.local()

    def now(self):
        with self._changed:
            self._own.seen = self.seconds
            if getattr(self._own, "has_landed", False):
                self._own.has_landed = False
                self._on_the_wire -= 1
                self._changed.notify_all()
            return self.seconds

    def wait(self, seconds):
        """Let the time pass for all who wait at once, each from when it looked at the clock."""
        with self._changed:
            # What is under way arrives in the meantime, and is looked at then, not afterwards.
            self._changed.wait_for(lambda: not self._on_the_wire)
            self.seconds = max(self.seconds, self._own.seen + seconds)

    def sent(self):
        with self._changed:
            self._on_the_wire += 1
            self.seconds += ANSWER_SECONDS / 2

    def landed(self):
        with self._changed:
            self.seconds += ANSWER_SECONDS / 2
            self._own.has_landed = True


class Wire(httpx2.HTTPTransport):
    """Real HTTP, on which every answer takes its fifty milliseconds of the shared clock."""

    def __init__(self, time):
        super().__init__()
        self.time = time

    def handle_request(self, request):
        self.time.sent()
        try:
            return super().handle_request(request)
        finally:
            self.time.landed()
