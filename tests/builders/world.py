"""Small demo worlds, and simulators that serve them."""

import contextlib
from dataclasses import replace
from datetime import date, timedelta

import httpx2

from umschlag.simulators.demo import access
from umschlag.simulators.demo.scale import DemoScale
from umschlag.simulators.demo.world import DemoWorld
from umschlag.simulators.plentymarkets.knobs import BASIC, Knobs
from umschlag.simulators.server import running_simulators

TODAY = date(2026, 4, 20)
"""Both clock changes of a winter lie behind it in a world of 200 days."""
GENEROUS = replace(BASIC, read_per_minute=100_000, write_per_minute=100_000)
"""Limits that no test meets by chance."""


def a_scale(*, days=90, today=TODAY, **sizes):
    """Return the scale of a small world: 60 articles, 90 days, 8 clients, 12 stores."""
    defaults = {
        "article_count": 60,
        "client_count": 8,
        "store_count": 12,
        "sheet_asin_count": 40,
        "preorder_count": 4,
    }
    return DemoScale(first_date=today - timedelta(days=days - 1), today=today, **defaults | sizes)


def a_world(**scale):
    """Return a small world."""
    return DemoWorld(a_scale(**scale))


@contextlib.contextmanager
def simulators_with(*, scale=None, **knobs):
    """Serve a small world with these Plentymarkets knobs and generous limits."""
    turned = Knobs(**{"edition": GENEROUS, **knobs})
    with running_simulators(scale=scale or a_scale(), knobs={"plentymarkets": turned}) as running:
        yield running


@contextlib.contextmanager
def plenty_client(running):
    """Give a client of the simulated Plentymarkets that is logged in."""
    with httpx2.Client(base_url=f"{running.url}/plentymarkets") as client:
        client.headers["authorization"] = f"Bearer {log_in(client).json()['accessToken']}"
        yield client
        client.post("/rest/logout")


def log_in(client):
    """Return the answer to a right login."""
    login = {"username": access.PLENTY_USER, "password": access.PLENTY_PASSWORD}
    return client.post("/rest/login", json=login)


def all_entries(client, path, **query):
    """Return the entries of all pages."""
    entries, page, is_last = [], 1, False
    while not is_last:
        answer = client.get(path, params={**query, "page": page})
        assert answer.status_code == 200, answer.text
        entries += answer.json()["entries"]
        is_last, page = answer.json()["isLastPage"], page + 1
    return entries
