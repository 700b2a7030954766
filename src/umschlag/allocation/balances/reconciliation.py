"""From the balance that the panel tells to what the client can spend, part by part."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """Why a client can spend another sum than the panel tells; everything in minor units.

    Each part is summed from the ledger by itself, so that `unexplained_minor` can tell an error.
    """

    panel_minor: int
    """The balance that the panel told last."""
    held_minor: int
    charged_minor: int
    """Shipped, and not yet found in a deduction of the panel's."""
    corrected_minor: int
    """What people added by hand; below zero where they took."""
    contributed_minor: int
    """What other clients paid to this one; below zero where it paid more."""
    spendable_minor: int

    @property
    def explained_minor(self) -> int:
        """What the client could spend if nothing but these parts had happened."""
        taken_minor = self.held_minor + self.charged_minor
        return self.panel_minor - taken_minor + self.corrected_minor + self.contributed_minor

    @property
    def unexplained_minor(self) -> int:
        """What no part explains: zero, or the mirror and the ledger have fallen apart."""
        return self.spendable_minor - self.explained_minor

    @property
    def differs(self) -> bool:
        """Whether anything stands between what the panel tells and what can be spent."""
        parts = (self.held_minor, self.charged_minor, self.corrected_minor, self.contributed_minor)
        return any(parts) or bool(self.unexplained_minor)
