"""Shipping, cancelling and undoing by buttons, forms, files and over the API."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from builders import web as build
from builders.open_form import what_it_sends
from umschlag.storage.records import models
from umschlag.storage.records.ledger import balances
from umschlag.storage.records.models import LedgerAccountKind

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def api():
    token = build.a_token(build.a_superuser("robot"))
    return Client(headers={"authorization": f"Bearer {token}"})


@pytest.fixture
def run():
    """Confirm a run whose one cart stands on several pallets."""
    from umschlag.settings import load_settings
    from umschlag.wiring.allocation import confirm_allocation, plan_allocation

    store = build.a_store(build.a_client(balance_minor=2_000_000))
    asin = build.an_asin(length_mm=600, width_mm=400, height_mm=400, unit_cost_minor=5_000)
    build.an_answer(store, asin)
    run_id = plan_allocation(load_settings(), only_store_id=store.pk)
    confirm_allocation(load_settings(), run_id)
    return models.AllocationRun.objects.get(pk=run_id)


def pallets_of(run):
    return list(models.Pallet.objects.filter(cart__run=run).order_by("code"))


def money():
    kinds = (LedgerAccountKind.SPENDABLE, LedgerAccountKind.HELD, LedgerAccountKind.CHARGED)
    client = models.Client.objects.get()
    return tuple(balances(kind).get(client.pk, 0) for kind in kinds)


def said_after(browser, address, **values):
    return browser.post(address, values, follow=True).content.decode()


def send(api, address, body):
    return api.post(address, json.dumps(body), content_type="application/json")


def test_a_pallet_leaves_with_who_and_when(browser, run):
    pallet = pallets_of(run)[0]
    page = reverse("pages:pallet", args=[pallet.pk])
    models.Pallet.objects.update(built_at=timezone.now() - timedelta(days=2))
    day = timezone.localdate() - timedelta(days=1)

    assert "Ready for the truck" in browser.get(page).content.decode()
    said_after(browser, f"{page}ready")
    said = said_after(browser, f"{page}ship", shipped_date=str(day))

    pallet.refresh_from_db()
    assert (pallet.status, pallet.shipped_date, pallet.closed_by) == ("shipped", day, "admin")
    assert "is charged" in said
    assert "Cancel this pallet" not in said
    assert money()[2] == pallet.held_minor


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("31.13.2026", "is no day"),
        ("2999-01-01", "has not come yet"),
        ("1999-01-01", "cannot have left before"),
    ],
)
def test_a_day_that_cannot_be_is_refused(browser, run, day, told):
    pallet = pallets_of(run)[0]

    said = said_after(browser, reverse("pages:ship-pallet", args=[pallet.pk]), shipped_date=day)

    pallet.refresh_from_db()
    assert told in said
    assert pallet.status == "planned"


def test_a_cancelled_pallet_is_named_on_its_run_and_its_packing_list(browser, run):
    pallet = pallets_of(run)[0]
    page = reverse("pages:run", args=[run.pk])
    before = browser.get(page).content.decode()
    said_after(browser, reverse("pages:cancel-pallet", args=[pallet.pk]))
    after = browser.get(page).content.decode()

    assert "was cancelled since" not in before
    assert "1 pallet of this run was cancelled since" in after
    assert f"its units ({pallet.units})" in after
    listed = browser.get(reverse("pages:packing-list", args=[pallet.pk])).content.decode()
    assert "do not pack it" in listed


def test_a_pallet_is_cancelled_once(browser, run):
    pallet = pallets_of(run)[0]
    address = reverse("pages:cancel-pallet", args=[pallet.pk])

    assert "were given back" in said_after(browser, address)
    assert "was cancelled already" in said_after(browser, address)
    assert models.LedgerEntry.objects.filter(kind="release").count() == 1


def test_ticked_pallets_of_a_run_leave_together(browser, run):
    first, second, *others = pallets_of(run)
    address = reverse("pages:ship-run", args=[run.pk])

    assert "Tick the pallets" in said_after(browser, address)
    said_after(browser, address, pallet=[first.pk, second.pk])

    statuses = [pallet.status for pallet in pallets_of(run)]
    assert statuses == ["shipped", "shipped", *["planned"] * len(others)]
    assert money()[2] == first.held_minor + second.held_minor


def test_pallets_of_another_run_are_not_shipped_along(browser, run):
    other = build.a_run()

    said_after(browser, reverse("pages:ship-run", args=[other.pk]), pallet=pallets_of(run)[0].pk)

    assert {pallet.status for pallet in pallets_of(run)} == {"planned"}


def test_a_run_is_undone_with_a_reason_and_stays_readable(browser, run):
    page = reverse("pages:run", args=[run.pk])
    assert "Undo this run" in browser.get(page).content.decode()

    said = said_after(browser, f"{page}undo", reason="wrong prices")

    assert "were given back" in said
    assert "wrong prices" in said
    assert "Undo this run" not in said
    assert pallets_of(run)[0].code in said
    assert money() == (2_000_000, 0, 0)


def test_a_run_of_which_something_left_offers_no_undoing_and_refuses_it(browser, run):
    page = reverse("pages:run", args=[run.pk])
    said_after(browser, reverse("pages:ship-pallet", args=[pallets_of(run)[0].pk]))

    assert "Undo this run" not in browser.get(page).content.decode()
    assert "cannot be undone any more" in said_after(browser, f"{page}undo")


@pytest.mark.parametrize("act", ["ready", "ship", "cancel"])
def test_who_may_only_look_moves_nothing(client, run, act):
    client.force_login(build.a_user(permissions=["records.view_pallet"]))
    pallet = pallets_of(run)[0]

    page = client.get(reverse("pages:pallet", args=[pallet.pk])).content.decode()

    assert "It has left" not in page
    assert client.post(f"/pallets/{pallet.pk}/{act}").status_code == 403
    assert client.post(reverse("pages:undo-run", args=[run.pk])).status_code == 403
    assert client.get(f"/pallets/{pallet.pk}/{act}").status_code in (403, 405)


def change(browser, pallet, **values):
    rows = {f"cartons-{name}": 0 for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    address = reverse("admin:records_pallet_change", args=[pallet.pk])
    return browser.post(address, {"shipped_date": "", **values, **rows})


def test_the_form_takes_the_hold_along(browser, run):
    first, second, *_ = pallets_of(run)

    change(browser, first, status="shipped")
    change(browser, second, status="cancelled")

    first.refresh_from_db()
    assert (first.shipped_date, first.closed_by) == (timezone.localdate(), "admin")
    assert models.LedgerEntry.objects.filter(kind="capture", pallet=first).count() == 1
    assert models.LedgerEntry.objects.filter(kind="release", pallet=second).count() == 1


def test_the_form_never_brings_a_pallet_back(browser, run):
    pallet = pallets_of(run)[0]
    change(browser, pallet, status="shipped")

    answer = change(browser, pallet, status="planned")

    assert "that stays" in answer.content.decode()
    assert (
        "Only a shipped pallet"
        in change(
            browser, pallets_of(run)[1], status="ready", shipped_date="2026-01-01"
        ).content.decode()
    )
    assert [one.status for one in pallets_of(run)[:2]] == ["shipped", "planned"]


def test_a_pallet_for_which_something_is_held_is_not_deleted(browser, run):
    pallet = pallets_of(run)[0]
    address = reverse("admin:records_pallet_delete", args=[pallet.pk])

    assert browser.post(address, {"post": "yes"}).status_code == 403
    assert models.Pallet.objects.filter(pk=pallet.pk).exists()


def test_programs_ship_cancel_and_undo(api, run):
    first, second, *_ = pallets_of(run)

    shipped = send(api, "/api/pallets/ship", {"pallet_ids": [first.code]})
    cancelled = send(api, "/api/pallets/cancel", {"pallet_ids": [second.code]})
    refused = send(api, f"/api/allocation-runs/{run.pk}/undo", {"reason": "late"})

    assert shipped.json() == {
        "pallet_ids": [first.code],
        "units": first.units,
        "held": {"minor": first.held_minor, "currency": "EUR"},
    }
    assert cancelled.json()["held"]["minor"] == second.held_minor
    assert refused.status_code == 409
    assert refused.json()["type"].endswith("RunHasShipped")
    assert models.LedgerEntry.objects.get(kind="capture").booked_by == "robot"


def test_programs_undo_a_run_that_is_still_here(api, run):
    answer = send(api, f"/api/allocation-runs/{run.pk}/undo", {})

    assert answer.status_code == 200
    assert answer.json()["held"]["minor"] == sum(one.held_minor for one in pallets_of(run))
    assert money() == (2_000_000, 0, 0)


@pytest.mark.parametrize(
    ("address", "body", "status"),
    [
        ("/api/pallets/ship", {"pallet_ids": ["P-404"]}, 404),
        ("/api/pallets/ship", {"pallet_ids": []}, 422),
        ("/api/pallets/cancel", {}, 422),
        ("/api/allocation-runs/404/undo", {}, 404),
        ("/api/allocation-runs/0/undo", {}, 422),
    ],
)
def test_programs_are_told_what_is_wrong(api, run, address, body, status):
    assert send(api, address, body).status_code == status


def test_a_program_without_the_right_moves_nothing(run):
    token = build.a_token(build.a_user(permissions=["records.view_pallet"]))
    api = Client(headers={"authorization": f"Bearer {token}"})
    code = pallets_of(run)[0].code

    for address in ("/api/pallets/ship", "/api/pallets/cancel"):
        assert send(api, address, {"pallet_ids": [code]}).status_code == 403
    assert send(api, f"/api/allocation-runs/{run.pk}/undo", {}).status_code == 403
    assert models.LedgerEntry.objects.filter(kind__in=("capture", "release")).count() == 0


def test_a_pallet_is_neither_made_nor_rewritten_by_hand(client, run):
    rights = ["add", "change", "delete", "view"]
    user = build.a_user(permissions=[f"records.{right}_pallet" for right in rights])
    client.force_login(user)
    pallet = pallets_of(run)[0]
    held_minor = pallet.held_minor
    page = reverse("admin:records_pallet_change", args=[pallet.pk])

    assert client.get(reverse("admin:records_pallet_add")).status_code == 403
    assert client.post(reverse("admin:records_pallet_add"), {"code": "X-1"}).status_code == 403
    assert client.get(reverse("admin:records_pallet_import")).status_code == 200
    change(client, pallet, status="ready", held_minor="9000.00", client="", cart="")

    pallet.refresh_from_db()
    assert (pallet.status, pallet.held_minor) == ("ready", held_minor)
    assert not {"held_minor", "cart", "client"} & what_it_sends(client.get(page)).keys()
    assert models.Pallet.objects.filter(code="X-1").count() == 0


def test_a_pallet_that_costs_nothing_is_cancelled_and_not_deleted(browser, run):
    models.Pallet.objects.update(held_minor=0)
    address = reverse("admin:records_pallet_delete", args=[pallets_of(run)[0].pk])

    assert browser.post(address, {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("status", ["shipped", "cancelled"])
def test_a_hold_that_does_not_suffice_is_told_and_moves_nothing(browser, run, status):
    pallet = pallets_of(run)[0]
    models.Pallet.objects.filter(pk=pallet.pk).update(held_minor=9_000_000)
    before = money()

    answer = change(browser, pallet, status=status)

    page = browser.get(answer.url).content.decode()
    assert f"More is to be held for pallet {pallet.code} than is left" in page
    assert pallets_of(run)[0].status == "planned"
    assert money() == before


def test_forms_and_programs_ship_nothing_before_it_was_built(browser, api, run):
    pallet = pallets_of(run)[0]
    body = {"pallet_ids": [pallet.code], "shipped_date": "1999-01-01"}

    form = change(browser, pallet, status="shipped", shipped_date="1999-01-01")
    program = send(api, "/api/pallets/ship", body)

    told = f"Pallet {pallet.code} was built on {timezone.localdate()} and cannot have left before."
    assert told in form.content.decode()
    assert program.status_code == 422
    assert program.json()["errors"] == [
        {"field": "shipped_date", "message": f"{told} Enter the day on which it left."}
    ]
    assert pallets_of(run)[0].status == "planned"


def test_a_shipped_pallets_day_is_put_right_within_reason(browser, run):
    pallet = pallets_of(run)[0]
    models.Pallet.objects.update(built_at=timezone.now() - timedelta(days=5))
    change(browser, pallet, status="shipped")
    yesterday = timezone.localdate() - timedelta(days=1)

    change(browser, pallet, status="shipped", shipped_date=yesterday)
    refused = change(browser, pallet, status="shipped", shipped_date="1999-01-01")

    pallet.refresh_from_db()
    assert pallet.shipped_date == yesterday
    assert "cannot have left before" in refused.content.decode()
