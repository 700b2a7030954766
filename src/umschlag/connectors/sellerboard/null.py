"""Sellerboard where there is none: a report that says nothing sold."""

from dataclasses import dataclass

from umschlag.connectors.sellerboard.columns import REQUIRED


@dataclass(frozen=True, slots=True)
class NoSellerboard:
    """Stands in for an account that is not connected."""

    def fetch(self) -> bytes:
        """Return a report without rows."""
        return ",".join(REQUIRED).encode()
