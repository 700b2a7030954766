"""The back office, one file a room. Django imports this package and finds the pages here."""

from umschlag.web.admin import (
    access,
    articles,
    balances,
    catalog,
    clients,
    credentials,
    forecasting,
    movement,
    notifications,
    pallets,
    planning,
    preorders,
    snapshots,
    stores,
    ungating,
    users,
)

__all__ = [
    "access",
    "articles",
    "balances",
    "catalog",
    "clients",
    "credentials",
    "forecasting",
    "movement",
    "notifications",
    "pallets",
    "planning",
    "preorders",
    "snapshots",
    "stores",
    "ungating",
    "users",
]
