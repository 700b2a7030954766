-- Answers: on which marketplaces every SKU sold before a day, itself or as a part of bundles, which
--   are taken to be put together as when that was last told.
-- Parameters: :until (excluded).
-- Cost: three columns of the sales before that day, and the bundles' rows.
WITH sold AS (
    SELECT DISTINCT sku, marketplace
    FROM sales
    WHERE business_date < :until AND marketplace <> '' AND units > 0
),
told AS (
    SELECT sku, max(business_date) AS business_date
    FROM bundle_parts
    WHERE business_date < :until
    GROUP BY sku
),
parts AS (
    SELECT recipe.sku, recipe.part_sku
    FROM bundle_parts AS recipe
    INNER JOIN told ON told.sku = recipe.sku AND told.business_date = recipe.business_date
)
SELECT sku, marketplace FROM sold
UNION
SELECT parts.part_sku AS sku, sold.marketplace
FROM sold
INNER JOIN parts ON parts.sku = sold.sku
