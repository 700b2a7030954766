"""Ways in which another system's answer can be wrong, for property tests."""

import copy

from hypothesis import strategies as st

MISSING = object()
MANGLED = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(
        [
            "NaN",
            "Infinity",
            "-Infinity",
            "1e999999",
            "1e-999999",
            "0E+999999",
            10**400,
            -(10**400),
            "12,50",
            " 7 ",
            "3.0000",
            "1004.5",
            "<html><body>502 Bad Gateway</body></html>",
            "-0001-11-30T00:00:00+00:53",
            "0000-00-00 00:00:00",
            "9999-12-31T23:59:59+00:00",
            "09/02/2026 18:35:14 ../../etc",
            "\x00",
        ]
    )
    | st.lists(
        st.none() | st.integers() | st.dictionaries(st.text(max_size=4), st.none(), max_size=2),
        max_size=2,
    )
    | st.dictionaries(st.text(max_size=4), st.integers(), max_size=2)
)


def places_in(row, before=()):
    """Return the path of every field of the row, nested ones included."""
    keys = row if isinstance(row, dict) else range(len(row)) if isinstance(row, list) else ()
    found = []
    for key in keys:
        found += [(*before, key), *places_in(row[key], (*before, key))]
    return found


def mangled_rows(row, *, changes_max=4):
    """Return a strategy of the row with some of its fields, nested ones too, made nonsense."""
    places = places_in(row)
    faults = st.lists(
        st.tuples(st.sampled_from(places), MANGLED | st.just(MISSING)),
        min_size=1,
        max_size=changes_max,
    )
    return faults.map(lambda found: _with(row, found))


def _with(row, faults):
    changed = copy.deepcopy(row)
    # Deepest first, so that a place is still there when its turn comes.
    for place, value in sorted(faults, key=lambda fault: -len(fault[0])):
        inner = changed
        for key in place[:-1]:
            inner = inner[key]
        if value is not MISSING:
            inner[place[-1]] = value
        elif isinstance(inner, dict):
            inner.pop(place[-1], None)
        else:
            inner[place[-1]] = None
    return changed
