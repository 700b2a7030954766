import os
from dataclasses import replace

import httpx2
import pytest

from builders.object_store import a_bucket, a_running_store, client_of, object_files
from umschlag.kernel.errors import UmschlagError
from umschlag.storage.lake.files import FilesUnavailable
from umschlag.storage.lake.object_store import Bucket, Copies

PATH = "article_days/2026/2026-09-02-0123.parquet"
OTHER = "article_days/2026/2026-09-03-4567.parquet"


@pytest.fixture(scope="module")
def store():
    with a_running_store() as endpoint_url:
        yield endpoint_url


@pytest.fixture
def files(store, tmp_path):
    return object_files(a_bucket(store), tmp_path)


def keys_in(files):
    client = client_of(files.bucket.endpoint_url)
    return [found["Key"] for found in client.list_objects_v2(Bucket=files.bucket.name)["Contents"]]


def test_what_was_put_is_read_back_with_its_size_and_address(files):
    files.put(PATH, b"content")

    assert files.read(PATH) == b"content"
    assert files.size(PATH) == 7
    assert keys_in(files) == [f"shop/lake/{PATH}"]
    assert files.address(PATH) == f"s3a://{files.bucket.name}/shop/lake/{PATH}"


def test_a_file_of_many_parts_arrives_whole(files):
    content = os.urandom(11_000_000)

    files.put(PATH, content)

    assert files.size(PATH) == len(content)
    assert files.read(PATH) == content


def test_a_name_is_never_used_twice(files):
    files.put(PATH, b"content")

    with pytest.raises(FileExistsError):
        files.put(PATH, b"other")

    assert files.read(PATH) == b"content"


def test_a_missing_file_has_no_size_and_cannot_be_read(files):
    assert files.size(PATH) is None
    with pytest.raises(FileNotFoundError, match=PATH):
        files.read(PATH)
    with pytest.raises(FileNotFoundError, match=PATH):
        files.local(PATH)


def test_every_file_is_found_and_nothing_beside_the_prefix(files):
    files.put(PATH, b"content")
    files.put(OTHER, b"more")
    client = client_of(files.bucket.endpoint_url)
    client.put_object(Bucket=files.bucket.name, Key="shop/lake-of-others/x.parquet", Body=b"")
    client.put_object(Bucket=files.bucket.name, Key="shop/lake/notes.txt", Body=b"")

    found = sorted(files.found())

    assert [file.path for file in found] == [PATH, OTHER]
    assert all(file.modified_at > 0 for file in found)


def test_removing_takes_the_copy_along_and_twice_is_no_fault(files):
    files.put(PATH, b"content")
    copy = files.local(PATH)

    files.remove(PATH)
    files.remove(PATH)

    assert not copy.exists()
    assert files.size(PATH) is None
    assert list(files.found()) == []


def test_a_copy_serves_once_it_is_there_even_while_the_store_is_down(files, tmp_path):
    files.put(PATH, b"content")
    elsewhere = object_files(files.bucket, tmp_path / "another machine")

    copy = elsewhere.local(PATH)
    cut_off = replace(elsewhere, bucket=replace(files.bucket, endpoint_url="http://127.0.0.1:1"))

    assert copy.read_bytes() == b"content"
    assert cut_off.local(PATH) == copy
    assert [path.name for path in copy.parent.iterdir()] == [copy.name]


def test_reading_anew_drops_a_copy_that_was_damaged(files):
    files.put(PATH, b"content")
    files.local(PATH).write_bytes(b"damaged")

    files.read(PATH)

    assert files.local(PATH).read_bytes() == b"content"


def test_copies_longest_unused_go_when_room_runs_short(tmp_path):
    copies = Copies(tmp_path, bytes_max=35, in_use_seconds=60)
    for number, name in enumerate(("a", "b", "c")):
        copies.store(name, b"0123456789")
        os.utime(tmp_path / name, (number, number))

    copies.found("a")
    copies.store("d", b"0123456789")

    # One must go: "a" was just asked for, and "b" is older than "c".
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "c", "d"]


def test_copies_in_use_stay_however_short_room_is(tmp_path):
    copies = Copies(tmp_path, bytes_max=25)

    for name in ("a", "b", "c", "d"):
        copies.store(name, b"0123456789")

    assert len(list(tmp_path.iterdir())) == 4


def test_a_missing_bucket_is_named_with_its_setting(files):
    lost = replace(files, bucket=replace(files.bucket, name="no-such-bucket"))

    for act in (lambda: lost.put(PATH, b"content"), lost.require_usable):
        with pytest.raises(FilesUnavailable, match=r"no such bucket.*UMSCHLAG_LAKE_FILES"):
            act()


def test_a_store_that_is_down_is_named_with_its_setting(files):
    cut_off = replace(files, bucket=replace(files.bucket, endpoint_url="http://127.0.0.1:1"))

    for act in (
        lambda: cut_off.put(PATH, b"content"),
        lambda: cut_off.read(PATH),
        lambda: cut_off.local(PATH),
        lambda: cut_off.size(PATH),
        lambda: list(cut_off.found()),
        lambda: cut_off.remove(PATH),
    ):
        with pytest.raises(FilesUnavailable, match=r"127\.0\.0\.1:1.*UMSCHLAG_LAKE_S3_ENDPOINT"):
            act()


def test_a_wrong_key_is_refused_and_no_secret_is_told(tmp_path):
    with a_running_store() as endpoint_url:
        bucket = a_bucket(endpoint_url)
        files = object_files(bucket, tmp_path)
        _demand_keys_after(endpoint_url, "0")
        try:
            for act in (lambda: files.put(PATH, b"x"), files.require_usable):
                with pytest.raises(FilesUnavailable, match="UMSCHLAG_LAKE_S3_KEY_ID") as caught:
                    act()
                assert isinstance(caught.value, UmschlagError)
                assert "the-secret" not in f"{caught.value} {caught.value.__context__} {files!r}"
        finally:
            # The count is one for all of moto's servers in this process.
            _demand_keys_after(endpoint_url, "inf")


def _demand_keys_after(endpoint_url, calls):
    httpx2.post(f"{endpoint_url}/moto-api/reset-auth", content=calls).raise_for_status()


def test_the_secret_is_in_no_representation():
    assert "hidden" not in repr(Bucket(name="lake", secret="hidden"))


def test_the_store_is_usable_where_all_is_well(files):
    files.require_usable()
