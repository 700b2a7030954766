import pytest

from umschlag.wiring.var_dir import require_writable


def test_a_folder_is_made_with_those_above_it_and_left_empty(tmp_path):
    folder = tmp_path / "far" / "var"

    require_writable(folder)
    require_writable(folder)

    assert list(folder.iterdir()) == []


def test_what_lies_there_stays(tmp_path):
    (tmp_path / "records.sqlite3").write_text("rows")

    require_writable(tmp_path)

    assert (tmp_path / "records.sqlite3").read_text() == "rows"


def test_a_file_in_its_place_is_no_folder(tmp_path):
    (tmp_path / "var").write_text("")

    with pytest.raises(OSError, match="exists"):
        require_writable(tmp_path / "var")
