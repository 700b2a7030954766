"""What the panel says of a store, and when a store counts as active."""

from dataclasses import dataclass

from umschlag.kernel.identifiers import Marketplace


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelStore:
    """One store. `is_active` is None where the panel's word is none we know."""

    row: int
    external_id: str
    client_external_id: str
    name: str
    is_active: bool | None
    marketplace: Marketplace
    is_mutual: bool
    asin_units_max: int | None
    total_units_max: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnusableStore:
    """A row of which id and status alone can be used. `is_active` as in `PanelStore`."""

    row: int
    external_id: str
    is_active: bool | None


def is_active_after(
    *, ours: bool | None, told: bool | None, suspended_by_panel: bool = False
) -> bool:
    """Tell whether a store is active once the panel has spoken; `ours` is None for a new one.

    The panel suspends at once, and so does a word we do not know. It lifts what it suspended
    itself, and nothing else: a person may have set it whom the panel has not heard of yet.
    """
    return told is True and (ours is not False or suspended_by_panel)
