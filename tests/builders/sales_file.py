"""Files of order lines with defaults, written as shops write them."""

import csv

HEADER = ("Order", "SKU", "Qty", "Date", "Price", "Name", "Customer", "Country", "Sheet")


def a_line(order="1001", sku="85048", qty="2", date="2026-03-14 10:00", price="6.95", **more):
    return {
        "Order": order,
        "SKU": sku,
        "Qty": qty,
        "Date": date,
        "Price": price,
        "Name": "Glass ball",
        "Customer": "13085",
        "Country": "Germany",
        "Sheet": "1",
    } | {key.capitalize(): value for key, value in more.items()}


def a_sales_csv(folder, *lines, name="sales.csv", delimiter=",", encoding="utf-8"):
    path = folder / name
    with path.open("w", newline="", encoding=encoding, errors="strict") as file:
        writer = csv.DictWriter(file, fieldnames=HEADER, delimiter=delimiter)
        writer.writeheader()
        writer.writerows(lines)
    return path
