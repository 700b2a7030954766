"""Acts that start at the same moment, each in a thread with a connection of its own."""

import threading

from django.db import connections

from umschlag.kernel.errors import Refused


def race(*acts):
    """Let all acts begin together; return what each came to: "done", or the kind of refusal."""
    met = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(place, act):
        try:
            start.wait(timeout=60)
            act()
            met[place] = "done"
        except Refused as refusal:
            met[place] = type(refusal).__name__
        except BaseException as error:
            met[place] = f"broken: {error!r}"
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=300)
    return met
