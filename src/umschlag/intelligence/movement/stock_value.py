"""What there is of an article: the units nobody has a claim on, and what all of them cost."""


def available_units(*, on_hand_units: int | None, reserved_units: int | None) -> int | None:
    """Return on hand less reserved, None where stock was never told; negative when oversold."""
    if on_hand_units is None:
        return None
    return on_hand_units - (reserved_units or 0)


def stock_value_minor(*, on_hand_units: int | None, unit_cost_minor: int | None) -> int | None:
    """Return on hand × unit cost in minor units; None where either is unknown.

    Oversold stock is worth nothing: what is owed to customers takes nothing from other articles.
    """
    if on_hand_units is None or unit_cost_minor is None:
        return None
    return max(on_hand_units, 0) * unit_cost_minor
