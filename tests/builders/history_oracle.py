"""What the questions to the history must answer, counted by hand from the days' rows.

Written without a look at the questions: plain loops over days, no spans, no SQL.
"""

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True)
class History:
    """The days' rows by business date, what was sold and received, and what bundles take."""

    days: dict
    sales: list
    receipts: list
    bundle_parts: dict = field(default_factory=dict)

    def as_of(self, as_of):
        held = [day for day in self.days if day <= as_of]
        if not held:
            return []
        return [
            row | {"is_vanished": not _is_seen(row)}
            for row in sorted(self.days[max(held)], key=lambda row: row["sku"])
        ]

    def bundles(self, as_of):
        held = [day for day in self.days if day <= as_of]
        if not held:
            return []
        there = {row["sku"]: row for row in self.days[max(held)] if _is_seen(row)}
        found = []
        for sku in sorted(sku for sku, row in there.items() if row["is_bundle"]):
            recipe = {
                part["part_sku"]: part["units_per_bundle"]
                for part in self.bundle_parts.get(max(held), [])
                if part["sku"] == sku
            }
            allowed = {
                part: _allowed(there.get(part), units) for part, units in sorted(recipe.items())
            }
            sellable = None
            if allowed and None not in allowed.values():
                sellable = min(allowed.values())
            found += [
                {
                    "business_date": max(held),
                    "sku": sku,
                    "part_sku": part,
                    "units_per_bundle": recipe.get(part),
                    "part_sellable_units": allowed.get(part),
                    "sellable_units": sellable,
                }
                for part in allowed or [None]
            ]
        return found

    def history_of_sku(self, sku, since, until):
        return [
            {key: row[key] for key in ("business_date", "on_hand_units", "unit_cost_minor")}
            for row in self._seen(since, until)
            if row["sku"] == sku
        ]

    def stock_value_by_day(self, since, until):
        sums = {}
        for row in self._seen(since, until):
            total = sums.setdefault(
                (row["business_date"], row["currency"]),
                {"on_hand_units": 0, "value_minor": 0, "skus_without_cost": 0, "rebuilt": False},
            )
            units = max(row["on_hand_units"], 0)
            total["on_hand_units"] += units
            total["value_minor"] += units * (row["unit_cost_minor"] or 0)
            total["skus_without_cost"] += row["unit_cost_minor"] is None and units > 0
            total["rebuilt"] |= row["is_reconstructed"]
        return [
            {"business_date": day, "currency": currency, "is_reconstructed": total.pop("rebuilt")}
            | total
            for (day, currency), total in sorted(sums.items())
        ]

    def stock_out_days(self, since, until):
        held = sorted(day for day in self.days if since <= day < until)
        found = []
        for sku in self._skus():
            rows = {
                row["business_date"]: row for row in self._seen(since, until) if row["sku"] == sku
            }
            runs, run = [], []
            for day in held:
                if day in rows and _is_out(rows[day]):
                    run.append(day)
                elif run:
                    runs.append(run)
                    run = []
            runs += [run] if run else []
            if runs:
                found.append(
                    {
                        "sku": sku,
                        "days_observed": len(rows),
                        "days_out": sum(len(run) for run in runs),
                        "longest_run_days": max(len(run) for run in runs),
                        "run_count": len(runs),
                        "out_since_date": run[0] if run else None,
                    }
                )
        return found

    def sold_units(self, since, until):
        return _sums(self.sales, since, until)

    def first_seen(self):
        found = []
        for sku in self._skus():
            seen = [row["last_seen_date"] for row in self._rows() if row["sku"] == sku]
            found.append({"sku": sku, "first_seen_date": min(seen), "last_seen_date": max(seen)})
        return found

    def variation_skus(self):
        found = {}
        for row in self._rows():
            key = row["variation_id"]
            found[key] = max(found.get(key, ""), row["sku"])
        return [{"variation_id": key, "sku": sku} for key, sku in sorted(found.items())]

    def changes(self, since, through):
        before, after = (
            {row["sku"]: row for row in self.days[day] if _is_seen(row)} for day in (since, through)
        )
        # Sales of the first day are in its closing stock already.
        bounds = since + timedelta(days=1), through + timedelta(days=1)
        sold = {row["sku"]: row["units"] for row in _sums(self.sales, *bounds)}
        received = {row["sku"]: row["units"] for row in _sums(self.receipts, *bounds)}
        returned = {}
        for row in self.sales:
            if bounds[0] <= row["business_date"] < bounds[1] and row["units"] < 0:
                returned[row["sku"]] = returned.get(row["sku"], 0) - row["units"]
        found = []
        for sku in sorted(before.keys() | after.keys()):
            line = _change(sku, before.get(sku), after.get(sku))
            if line is not None:
                units = sold.get(sku, 0), received.get(sku, 0)
                line |= {"units_sold": units[0], "units_received": units[1]}
                line["units_returned"] = returned.get(sku, 0)
                line["units_corrected"] = line["units_changed"] + units[0] - units[1]
                found.append(line)
        return found

    def _rows(self):
        return [row for day in sorted(self.days) for row in self.days[day]]

    def _seen(self, since, until):
        return [
            row for row in self._rows() if _is_seen(row) and since <= row["business_date"] < until
        ]

    def _skus(self):
        return sorted({row["sku"] for row in self._rows()})


def _is_seen(row):
    return row["last_seen_date"] == row["business_date"]


def _is_out(row):
    return row["on_hand_units"] - row["reserved_units"] <= 0


def _allowed(part, units_per_bundle):
    """Count by taking the units away, bundle by bundle; None where that cannot be known."""
    if part is None or part["is_bundle"] or part["on_hand_units"] is None:
        return None
    left, count = part["on_hand_units"] - (part["reserved_units"] or 0), 0
    while left >= units_per_bundle:
        left, count = left - units_per_bundle, count + 1
    return count


def _sums(rows, since, until):
    sums = {}
    for row in rows:
        if since <= row["business_date"] < until:
            sums[row["sku"]] = sums.get(row["sku"], 0) + row["units"]
    return [{"sku": sku, "units": units} for sku, units in sorted(sums.items())]


def _change(sku, before, after):
    kind = "appeared" if before is None else "vanished" if after is None else "changed"
    comparable = kind == "changed" and before["is_reconstructed"] == after["is_reconstructed"]
    cost, price = (
        bool(comparable and before.get(name) != after.get(name))
        for name in ("unit_cost_minor", "sales_price_minor")
    )
    units_before = before["on_hand_units"] if before else None
    units_after = after["on_hand_units"] if after else None
    changed = (units_after or 0) - (units_before or 0)
    if kind == "changed" and not (changed or cost or price):
        return None
    return {
        "sku": sku,
        "change": kind,
        "on_hand_units_before": units_before,
        "on_hand_units_after": units_after,
        "units_changed": changed,
        "is_cost_changed": cost,
        "is_price_changed": price,
    }
