"""What movement's facts are asked of: the lake, or in a benchmark a few files."""

from typing import Any, Protocol

import pyarrow as pa

from umschlag.storage.lake.questions import Question

ROOM = "umschlag.intelligence.movement"


class Answers(Protocol):
    """What answers a question."""

    def ask(self, question: Question, /, **parameters: Any) -> pa.Table:  # noqa: ANN401 - as `Lake`
        """Return the question's rows."""
