"""Every fault that can be turned on, as a client meets it: contract, sections 9 and 11."""

import httpx2
import pytest

from builders.world import a_scale, all_entries, log_in, plenty_client, simulators_with
from umschlag.simulators.plentymarkets.knobs import Fault, FaultKind

PIM = "/rest/pim/variations"
STOCK = "/rest/stockmanagement/stock"
SCALE = a_scale(days=5)


def answers(fault, pages=(1, 2, 2, 3), *, path=PIM):
    """Return what a client gets that asks for the pages, one after the other."""
    with simulators_with(scale=SCALE, faults=(fault,)) as running, plenty_client(running) as client:
        return [client.get(path, params={"page": p, "itemsPerPage": 20}) for p in pages]


def statuses(fault, **more):
    return [answer.status_code for answer in answers(fault, **more)]


def test_too_many_calls_on_one_page_pass_by_the_second_try():
    got = answers(Fault(kind=FaultKind.TOO_MANY_CALLS, path=PIM, page=2))

    assert [answer.status_code for answer in got] == [200, 429, 200, 200]
    assert int(got[1].headers["Retry-After"]) > 0
    assert got[1].json()["error"]["message"] == "short period read limit reached"


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_the_server_fails_as_often_as_asked_for(status):
    fault = Fault(kind=FaultKind.SERVER_ERROR, path=PIM, page=2, status=status, times=2)

    assert statuses(fault, pages=(1, 2, 2, 2)) == [200, status, status, 200]


def test_a_page_of_html_comes_with_status_200():
    got = answers(Fault(kind=FaultKind.HTML, path=PIM, page=2))[1]

    assert got.status_code == 200
    assert got.headers["content-type"].startswith("text/html")
    assert got.text.startswith("<!DOCTYPE html>")


def test_an_empty_body_comes_with_status_200():
    got = answers(Fault(kind=FaultKind.EMPTY, path=PIM, page=2))[1]

    assert (got.status_code, got.content) == (200, b"")


def test_a_token_can_end_between_two_pages():
    fault = Fault(kind=FaultKind.TOKEN_EXPIRES, path=PIM, page=2)
    with simulators_with(scale=SCALE, faults=(fault,)) as running, plenty_client(running) as client:
        before = client.get(PIM).status_code
        ended = client.get(PIM, params={"page": 2})
        still = client.get(PIM).status_code
        client.headers["authorization"] = f"Bearer {log_in(client).json()['accessToken']}"

        assert (before, ended.status_code, still) == (200, 401, 401)
        assert ended.json()["error"] == "access_denied"
        assert client.get(PIM, params={"page": 2}).status_code == 200


def test_a_slow_answer_outlasts_a_short_patience():
    fault = Fault(kind=FaultKind.SLOW, path=PIM, seconds=0.5)
    with simulators_with(scale=SCALE, faults=(fault,)) as running, plenty_client(running) as client:
        with pytest.raises(httpx2.ReadTimeout):
            client.get(PIM, timeout=0.1)

        assert client.get(PIM).status_code == 200


def test_a_row_that_vanishes_while_paging_leaves_a_gap():
    fault = Fault(kind=FaultKind.ROW_VANISHES, path=PIM, page=2)
    with simulators_with(scale=SCALE, faults=(fault,)) as running, plenty_client(running) as client:
        first = client.get(PIM, params={"itemsPerPage": 20, "sortBy": "id_asc"}).json()
        walked = [entry.get("id") for entry in first["entries"]]
        page, is_last = 2, False
        while not is_last:
            query = {"itemsPerPage": 20, "sortBy": "id_asc", "page": page}
            answer = client.get(PIM, params=query).json()
            walked += [entry.get("id") for entry in answer["entries"]]
            page, is_last = page + 1, answer["isLastPage"]
        deleted = all_entries(client, "/rest/delete_log", itemsPerPage=250)[-1]["referenceValue"]

        assert answer["totalsCount"] == first["totalsCount"] - 1
        # The deleted row was seen, and the one that moved up into the first page never was.
        assert deleted in walked
        assert len(set(walked)) == first["totalsCount"] - 1


def test_rows_that_shift_while_paging_come_twice_or_never():
    fault = Fault(kind=FaultKind.ROWS_SHIFT, path=STOCK, page=2)
    with simulators_with(scale=SCALE, faults=(fault,)) as running, plenty_client(running) as client:
        rows = all_entries(client, STOCK, itemsPerPage=20)
        total = client.get(STOCK).json()["totalsCount"]
        cells = [(row["variationId"], row["warehouseId"]) for row in rows]

        assert len(cells) == total
        assert len(set(cells)) == total - 1


def test_a_fault_spares_other_paths_and_the_login():
    fault = Fault(kind=FaultKind.SERVER_ERROR, times=1)
    with simulators_with(scale=SCALE, faults=(fault,)) as running, plenty_client(running) as client:
        first = client.get("/rest/stockmanagement/warehouses").status_code
        second = client.get("/rest/stockmanagement/warehouses").status_code

        assert (first, second) == (500, 200)


def test_a_fault_of_the_login_strikes_the_login():
    fault = Fault(kind=FaultKind.SERVER_ERROR, path="/rest/login", status=503)
    with (
        simulators_with(scale=SCALE, faults=(fault,)) as running,
        httpx2.Client(base_url=f"{running.url}/plentymarkets") as client,
    ):
        assert [log_in(client).status_code for _ in range(2)] == [503, 200]


def test_pages_beyond_the_end_may_be_empty_instead_of_the_last():
    with (
        simulators_with(scale=SCALE, is_clamping_pages=False) as running,
        plenty_client(running) as client,
    ):
        beyond = client.get(PIM, params={"page": 99}).json()

        assert (beyond["page"], beyond["entries"]) == (99, [])


def test_broken_rows_can_be_more_or_none():
    for count in (0, 3):
        with (
            simulators_with(scale=SCALE, exception_rows=count) as running,
            plenty_client(running) as client,
        ):
            entries = all_entries(client, PIM, itemsPerPage=250)
            assert sum("exception" in entry for entry in entries) == count


def test_a_deleted_order_is_gone_everywhere_and_in_the_delete_log():
    fault = Fault(kind=FaultKind.ORDER_VANISHES, path="/rest/users/me")
    with simulators_with(scale=SCALE, faults=(fault,)) as running, plenty_client(running) as client:
        before = client.get("/rest/orders").json()
        oldest = before["entries"][0]["id"]
        client.get("/rest/users/me")
        after = client.get("/rest/orders").json()
        found = client.get("/rest/orders/search", params={"orderId": f"eq:{oldest}"}).json()
        logged = all_entries(client, "/rest/delete_log", referenceType=3)

        assert after["totalsCount"] == before["totalsCount"] - 1
        assert oldest not in [row["id"] for row in after["entries"]]
        assert client.get(f"/rest/orders/{oldest}").status_code == 404
        assert found["entries"] == []
        assert [(row["referenceType"], row["referenceValue"]) for row in logged] == [(3, oldest)]
