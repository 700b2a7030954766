"""Each benchmark explains itself and takes `--small`."""

import subprocess
import sys

import pytest

from house_rules.source_tree import CHECKOUT, modules, name_of, tree_of

BENCHMARKS = [path for path in modules("benchmarks") if path.parent.name == "benchmarks"]


@pytest.mark.parametrize("path", BENCHMARKS, ids=name_of)
def test_a_benchmark_explains_itself(path):
    docstring = tree_of(path).body[0].value.value

    assert "baseline" in docstring.lower(), "the docstring names what it is measured against"


@pytest.mark.parametrize("path", BENCHMARKS, ids=name_of)
def test_a_benchmark_takes_small(path):
    shown = subprocess.run(
        [sys.executable, path, "--help"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    ).stdout

    assert "--small" in shown
