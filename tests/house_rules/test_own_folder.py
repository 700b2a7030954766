"""Tests side by side share no folder."""

import os
from pathlib import Path

from umschlag.settings import load_settings


def test_settings_name_the_folder_of_this_process():
    assert load_settings().var_dir == Path(os.environ["UMSCHLAG_VAR_DIR"])
