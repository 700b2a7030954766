"""What a recording keeps, what it leaves out, and how it answers again."""

import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.recordings import DAY, Answering, recorded
from umschlag.connectors.plentymarkets.keeping import NoListOfFields, kept_of
from umschlag.connectors.plentymarkets.null import (
    NotRecorded,
    RecordingIsReadOnly,
    open_recording,
)
from umschlag.connectors.plentymarkets.recording import FolderInUse, Recorder
from umschlag.connectors.plentymarkets.refusals import RightMissing, RouteMissing
from umschlag.kernel.errors import LoginRejected, Misconfigured, UnexpectedAnswer

ORDERS = "/rest/orders"
LOG = "/rest/delete_log"
MOVEMENTS = "/rest/stockmanagement/warehouses/1/stock/movements"
WAREHOUSES = "/rest/stockmanagement/warehouses"
PERSONAL = (
    "addresses",
    "addressRelations",
    "relations",
    "contactReceiver",
    "receiver",
    "properties",
    "comments",
    "userRealName",
    "userId",
    "firstName",
    "lastName",
    "fullName",
    "email",
    "telephone",
    "street",
    "orderItemName",
)
LISTED = (
    "/rest/pim/variations",
    "/rest/pim/variations/scroll",
    "/rest/stockmanagement/stock",
    WAREHOUSES,
    MOVEMENTS,
    ORDERS,
    f"{ORDERS}/63038",
    f"{ORDERS}/referrers",
    LOG,
    "/rest/items/sales_prices",
    "/rest/items/barcodes",
    "/rest/items/manufacturers",
    "/rest/categories",
    "/rest/accounts/contacts",
)
FIELDS = (
    "id",
    "typeId",
    "base",
    "item",
    "dates",
    "orderItems",
    "orderReferences",
    "amounts",
    "accounts",
    "details",
    "createdAt",
    "supplier",
    "entries",
)
SECRET = "Erika Mustermann"
"""Stands wherever something personal does, and nowhere else."""


def spoken_of(value, is_personal=False):
    """Return the value with somebody's name wherever a personal field leads to."""
    if isinstance(value, list):
        return [spoken_of(part, is_personal) for part in value]
    if isinstance(value, dict):
        return {
            name: spoken_of(part, is_personal or name in PERSONAL) for name, part in value.items()
        }
    return SECRET if is_personal else value


values = st.recursive(
    st.sampled_from([None, 4, "2026-09-01T09:12:44+02:00", True]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(FIELDS + PERSONAL), inner, max_size=3)
    ),
    max_leaves=8,
)
answers = st.builds(spoken_of, values | st.builds(lambda rows: {"entries": rows}, values))


@settings(max_examples=150, deadline=None)
@given(path=st.sampled_from(LISTED), answer=answers)
def test_nothing_personal_survives_wherever_it_stands(path, answer):
    kept = json.dumps(kept_of(path, answer))

    assert SECRET not in kept
    assert not [name for name in PERSONAL if f'"{name}"' in kept]


def test_of_an_order_stays_what_counts_as_a_sale():
    order = {
        "id": 63038,
        "typeId": 1,
        "statusId": 7,
        "dates": [{"orderId": 63038, "typeId": 2, "date": "2026-09-01T09:12:44+02:00"}],
        "properties": [{"typeId": 7, "value": "303-1234567-0000001"}],
        "relations": [{"referenceType": "contact", "referenceId": 104}],
        "addressRelations": [{"addressId": 33}],
        "orderItems": [
            {"id": 744, "quantity": 1, "orderItemName": "Stuhl für Erika", "amounts": None}
        ],
    }

    kept = kept_of(ORDERS, {"page": 1, "isLastPage": True, "entries": [order, "no order"]})

    assert kept == {
        "page": 1,
        "isLastPage": True,
        "entries": [
            {
                "id": 63038,
                "typeId": 1,
                "statusId": 7,
                "dates": [{"typeId": 2, "date": "2026-09-01T09:12:44+02:00"}],
                "orderItems": [{"id": 744, "quantity": 1, "amounts": None}],
            },
            None,
        ],
    }


def test_customers_that_an_ignored_filter_delivers_leave_only_their_place():
    supplier = {"id": 92, "typeId": 4, "lastName": "Nord", "accounts": [{"companyName": "Nord"}]}
    customer = {"id": 93, "typeId": 1, "accounts": [{"companyName": "Praxis Dr. Muster"}]}

    kept = kept_of("/rest/accounts/contacts", [supplier, customer])

    assert kept == [{"id": 92, "typeId": 4, "accounts": [{"companyName": "Nord"}]}, None]


def test_a_route_without_a_list_is_never_recorded(tmp_path):
    (refusal,) = recorded(tmp_path / "new", ("/rest/accounts/addresses", {}, [{"id": 1}]))

    assert isinstance(refusal, NoListOfFields)
    assert list((tmp_path / "new" / "answers").iterdir()) == []


def test_a_route_without_a_list_is_not_even_asked(tmp_path):
    reader = Answering({"/rest/accounts/addresses": [[{"id": 1}]]})

    with pytest.raises(NoListOfFields):
        Recorder(reader=reader, folder=tmp_path / "new").read("/rest/accounts/addresses")

    assert reader.calls_used == 0


@pytest.mark.parametrize(
    ("refusal", "replayed"),
    [
        (RightMissing("needs the right pim"), RightMissing),
        (LoginRejected("no"), RightMissing),
        (RouteMissing("404"), RouteMissing),
        (UnexpectedAnswer("422"), UnexpectedAnswer),
    ],
    ids=lambda one: type(one).__name__,
)
def test_a_refusal_is_of_the_same_kind_when_it_is_replayed(tmp_path, refusal, replayed):
    recorded(tmp_path / "new", (ORDERS, {}, refusal))

    with pytest.raises(replayed, match=f"refused {ORDERS} when this was recorded") as caught:
        open_recording(tmp_path / "new").read(ORDERS, {})

    assert type(caught.value) is replayed


def test_the_reader_gets_what_was_kept_and_so_does_the_replay(tmp_path):
    log = {"entries": [{"referenceType": 13, "referenceValue": 5, "userRealName": SECRET}]}
    params = {"referenceType": "13", "updatedBetween": "2026-04-20T06:00:00+02:00"}

    (handed_on,) = recorded(tmp_path / "new", (LOG, params, log))

    replay = open_recording(tmp_path / "new")
    assert handed_on == {"entries": [{"referenceType": 13, "referenceValue": 5}]}
    assert replay.read(LOG, params | {"updatedBetween": "2027-01-01T00:00:00Z"}) == handed_on
    assert (replay.business_date, replay.calls_used) == (DAY, 0)
    (file,) = (tmp_path / "new" / "answers").iterdir()
    assert SECRET.encode() not in gzip.decompress(file.read_bytes())


def test_a_call_made_again_gets_the_answers_in_their_order_and_the_last_one_from_then_on(tmp_path):
    recorded(tmp_path / "new", *((WAREHOUSES, {}, [{"id": number}]) for number in (1, 2)))

    replay = open_recording(tmp_path / "new")

    assert [replay.read(WAREHOUSES)[0]["id"] for _ in range(4)] == [1, 2, 2, 2]


def test_what_was_refused_is_refused_again(tmp_path):
    recorded(
        tmp_path / "new",
        (LOG, {}, LoginRejected(f"refused, said {SECRET}")),
        (ORDERS, {}, UnexpectedAnswer(f"no JSON: {SECRET}")),
    )

    replay = open_recording(tmp_path / "new")

    with pytest.raises(LoginRejected):
        replay.read(LOG)
    with pytest.raises(UnexpectedAnswer):
        replay.read(ORDERS)
    assert SECRET not in (tmp_path / "new" / "index.json").read_text()


def test_a_call_that_was_not_recorded_names_path_parameters_and_remedy(tmp_path):
    recorded(tmp_path / "new", (ORDERS, {"page": "1"}, []))

    with pytest.raises(NotRecorded) as refusal:
        open_recording(tmp_path / "new").read(ORDERS, {"page": "2"})

    assert all(
        part in str(refusal.value) for part in (ORDERS, "page=2", "record-plentymarkets FOLDER")
    )
    # Readers take an `UnexpectedAnswer` for a list that may stay empty.
    assert not isinstance(refusal.value, UnexpectedAnswer)


def test_movements_from_before_the_recorded_ones_are_not_taken_for_none(tmp_path):
    since = {"createdAtFrom": "2026-03-01T00:00:00+00:00"}
    recorded(tmp_path / "new", (MOVEMENTS, since, []))
    replay = open_recording(tmp_path / "new")

    assert replay.read(MOVEMENTS, {"createdAtFrom": "2026-03-02T00:00:00+00:00"}) == []
    with pytest.raises(NotRecorded, match="UMSCHLAG_BACKFILL_DAYS"):
        replay.read(MOVEMENTS, {"createdAtFrom": "2026-02-28T23:59:59+00:00"})


def test_a_recording_that_was_broken_off_is_none(tmp_path):
    recorded(tmp_path / "new", (WAREHOUSES, {}, []), finish=False)

    with pytest.raises(Misconfigured, match="no finished recording"):
        open_recording(tmp_path / "new")


def test_a_recording_that_lost_an_answer_is_refused_before_anything_is_read(tmp_path):
    recorded(tmp_path / "new", (WAREHOUSES, {}, []), (ORDERS, {}, []))
    (tmp_path / "new" / "answers" / "000002.json.gz").unlink()

    with pytest.raises(Misconfigured, match=r"lacks 1 of its answers, first 000002\.json\.gz"):
        open_recording(tmp_path / "new")


def test_an_answer_that_was_changed_is_refused(tmp_path):
    recorded(tmp_path / "new", (WAREHOUSES, {}, [{"id": 1}]))
    file = tmp_path / "new" / "answers" / "000001.json.gz"
    file.write_bytes(gzip.compress(b'[{"id": 2}]'))

    with pytest.raises(Misconfigured, match="not what was recorded"):
        open_recording(tmp_path / "new").read(WAREHOUSES)


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "somebody's").write_text("own")

    with pytest.raises(FolderInUse):
        recorded(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["somebody's"]


def test_nothing_is_written_to_a_recording(tmp_path):
    recorded(tmp_path / "new")

    with pytest.raises(RecordingIsReadOnly):
        open_recording(tmp_path / "new").write("PUT", "/rest/anything", {})


@pytest.mark.parametrize("digits", [5_000, 400, 22])
def test_absurd_numbers_do_not_stop_a_recording(tmp_path, digits):
    row = {"id": 10**digits, "typeId": 0}

    handed_on = recorded(tmp_path / "new", (WAREHOUSES, {}, [row]))

    replay = open_recording(tmp_path / "new")

    assert [replay.read(WAREHOUSES)] == handed_on
    assert handed_on[0][0]["typeId"] == 0
