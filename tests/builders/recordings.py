"""Recordings of answers that are given here, without any system."""

from datetime import UTC, date, datetime

from umschlag.connectors.plentymarkets.recording import Recorder

DAY = date(2026, 4, 20)


class Answering:
    """Answers what is listed by path, each list in turn; raises what is an error."""

    def __init__(self, answers):
        self.answers = {path: list(listed) for path, listed in answers.items()}
        self.calls_used = 0
        self.retries = 0

    def read(self, path, params=None):
        del params
        self.calls_used += 1
        answer = self.answers[path].pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def recorded(folder, *calls, finish=True):
    """Record the calls, each a path, its parameters and its answer; return what was handed on."""
    answers = {}
    for path, _, answer in calls:
        answers.setdefault(path, []).append(answer)
    recorder = Recorder(reader=Answering(answers), folder=folder)
    handed_on = []
    for path, params, _ in calls:
        try:
            handed_on.append(recorder.read(path, params))
        except Exception as error:
            handed_on.append(error)
    if finish:
        recorder.finish(business_date=DAY, recorded_at=datetime(2026, 4, 20, 4, tzinfo=UTC))
    return handed_on
