from datetime import date

import pytest

from umschlag.storage.half_read import HalfRead

DAY = date(2026, 9, 2)


@pytest.fixture
def kept(tmp_path):
    return HalfRead(tmp_path / "half-read")


def test_what_is_kept_is_there_for_the_next_process(kept):
    kept.on(DAY).save("stock-000001", b"rows" * 1000)

    again = HalfRead(kept.folder).on(DAY)

    assert again.names() == ["stock-000001"]
    assert again.load("stock-000001") == b"rows" * 1000


@pytest.mark.parametrize("size", [0, 5, 11, 12, 20])
def test_a_torn_file_counts_as_absent(kept, size):
    day = kept.on(DAY)
    day.save("stock-000001", b"rows" * 1000)
    (file,) = day.folder.iterdir()

    file.write_bytes(file.read_bytes()[:size])

    assert day.load("stock-000001") is None


def test_a_file_with_a_wrong_byte_counts_as_absent(kept):
    day = kept.on(DAY)
    day.save("stock-000001", b"rows" * 1000)
    (file,) = day.folder.iterdir()
    content = bytearray(file.read_bytes())
    content[-1] ^= 1

    file.write_bytes(bytes(content))

    assert day.load("stock-000001") is None


def test_a_file_that_was_never_finished_is_not_listed(kept):
    day = kept.on(DAY)
    day.save("stock-000001", b"rows")

    (day.folder / ".stock-000002-1-1").write_bytes(b"half")

    assert day.names() == ["stock-000001"]


def test_another_day_s_files_go_when_a_day_is_begun(kept):
    kept.on(DAY).save("stock-000001", b"rows")

    kept.on(date(2026, 9, 3))

    assert kept.on(DAY).names() == []


def test_nothing_is_left_once_it_is_dropped(kept):
    kept.on(DAY).save("stock-000001", b"rows")

    kept.drop()

    assert not kept.folder.exists()
