"""Which of several answers counts."""

from collections.abc import Sequence

from umschlag.allocation.ungating.model import GateAnswer, GateClaim, GateVerdict


def verdict_of(claims: Sequence[GateClaim]) -> GateVerdict:
    """Return the answer that counts: by hand before Amazon before the ungating software.

    Of one source the newest answer counts. No answer at all is unknown. Sources that disagree
    are reported, whichever of them wins.
    """
    known = [claim for claim in claims if claim.answer is not GateAnswer.UNKNOWN]
    if not known:
        return GateVerdict(answer=GateAnswer.UNKNOWN, is_contradicted=False)
    newest = {claim.source: claim for claim in sorted(known, key=lambda one: one.checked_at)}
    winner = newest[min(newest)]
    answers = {claim.answer for claim in newest.values()}
    return GateVerdict(answer=winner.answer, is_contradicted=len(answers) > 1)
