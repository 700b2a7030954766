"""How many bytes does a year of history take?

Ours: every file that the catalogue lists for the articles, in all layouts together: the newest
days, the months sorted by SKU, the changes. Baseline: the same rows in a PostgreSQL table, heap and
index on (sku, business_date), as the server itself reports them. PostgreSQL holds the first 20,000
SKUs; its bytes are scaled linearly to the whole.

    python benchmarks/history_bytes.py --skus 100000 --days 365
"""

from worlds.history import asked_for, opened, tell, textbook

MEGA = 1_000_000


def main() -> None:
    """Add up the files by layout and print the ratio."""
    size, is_fresh = asked_for(__doc__)
    opened(size, fresh=is_fresh)
    layouts: dict[str, float] = {}
    from umschlag.storage.records import lake_files

    for file in lake_files.all_current_files():
        if file.dataset == "article_days":
            layout = "newest days" if file.day_count == 1 else "months by SKU"
        elif file.dataset == "article_spans":
            layout = "changes"
        else:
            continue
        layouts[layout] = layouts.get(layout, 0) + file.byte_count
    for layout, byte_count in layouts.items():
        print(f"{layout}: {byte_count / MEGA:.1f} MB")
    baseline = textbook(size)
    tell(
        "bytes on disk, all layouts",
        ours=sum(layouts.values()) / MEGA,
        baseline=baseline.byte_count() / MEGA,
        unit="MB",
        size=str(size),
    )


if __name__ == "__main__":
    main()
