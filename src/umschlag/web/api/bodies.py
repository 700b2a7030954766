"""What callers send."""

from ninja import Schema
from pydantic import ConfigDict


class Body(Schema):
    """An object that has no fields but its own.

    One that nobody knows is mostly a slip: `shiped_date` would ship today, and a rule without the
    bound that was misspelt would match everything. It is refused by name instead of dropped.
    """

    model_config = ConfigDict(extra="forbid")
