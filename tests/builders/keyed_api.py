"""A process that sends writes to the API under keys and may be killed while it does.

Run it with python -m and a folder. Each line is ``KEY MOMENT``: the write is killed at the moment
named, which is before or after its transaction ends, or never. It answers how that child ended,
what it was answered, and how many rules and kept answers there are then.
"""

import json
import os
import signal
import sys

from builders.lake_writer import in_child, tell

RULE = {"name": "Slow", "verdict": "penner", "days_sold_threshold": 60}


def main():
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from builders.web import a_superuser, a_token

    token = a_token(a_superuser())
    tell("ready")
    for line in sys.stdin:
        key, moment = line.split()
        reading, writing = os.pipe()
        _disconnect()
        child = in_child(_send, token, key, moment, writing)
        os.close(writing)
        _, status = os.waitpid(child, 0)
        with os.fdopen(reading) as told:
            answered = told.read()
        tell(json.dumps([os.waitstatus_to_exitcode(status), answered, *_counts()]))


def _send(token, key, moment, writing):
    from django.test import Client

    _die(moment)
    headers = {"authorization": f"Bearer {token}", "idempotency-key": key}
    client = Client(SERVER_NAME="localhost", headers=headers)
    answer = client.post("/api/rules", RULE | {"name": key}, content_type="application/json")
    repeated = answer.headers.get("Idempotency-Replayed", "false")
    os.write(writing, f"{answer.status_code} {repeated} {answer.json().get('id')}".encode())


def _die(moment):
    from django.db import transaction
    from django.db.models.signals import post_save

    from umschlag.storage.records.models import KeptAnswer

    def killed():
        os.kill(os.getpid(), signal.SIGKILL)

    def saved(instance, **_others):
        if instance.status and moment == "before":
            killed()
        if instance.status and moment == "after":
            transaction.on_commit(killed)

    post_save.connect(saved, sender=KeptAnswer, weak=False)


def _counts():
    from umschlag.storage.records.models import KeptAnswer, MovementRule

    counts = MovementRule.objects.count(), KeptAnswer.objects.count()
    _disconnect()
    return counts


def _disconnect():
    from django.db import connections

    connections.close_all()


if __name__ == "__main__":
    main()
