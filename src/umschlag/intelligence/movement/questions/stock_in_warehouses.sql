-- Answers: what lies in each warehouse of every SKU, in the newest picture up to a business date.
-- Parameters: :as_of.
-- Cost: one day's rows.
-- Units: as_of
SELECT
    warehouse_name,
    sku,
    cast(sum(on_hand_units) AS bigint) AS on_hand_units,
    cast(sum(coalesce(reserved_units, 0)) AS bigint) AS reserved_units
FROM warehouse_days
WHERE
    business_date = (
        SELECT max(business_date) FROM warehouse_days WHERE business_date <= :as_of
    )
GROUP BY warehouse_name, sku
ORDER BY warehouse_name, sku
