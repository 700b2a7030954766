-- Answers: what sold of every SKU before a day, itself and as a part of bundles, returns taken off.
--   Days of sale are those on which more sold than came back; they are counted only of SKUs that no
--   snapshot shows: of others nobody asks for them. A bundle is taken to be put together as when
--   that was last told, be it after that day.
-- Parameters: :before (excluded); :until (excluded: what was told of bundles); :marketplace (empty:
--   all).
-- Cost: one pass over the sales before that day, and the bundles' rows.
WITH told AS (
    SELECT sku, max(business_date) AS business_date
    FROM bundle_parts
    WHERE business_date < :until
    GROUP BY sku
),
parts AS (
    SELECT recipe.sku, recipe.part_sku, recipe.units_per_bundle
    FROM bundle_parts AS recipe
    INNER JOIN told ON told.sku = recipe.sku AND told.business_date = recipe.business_date
    WHERE recipe.units_per_bundle > 0
),
older AS (
    SELECT sku, business_date, cast(units AS bigint) AS units
    FROM sales
    WHERE
        business_date < :before
        AND (:marketplace = '' OR marketplace = :marketplace)
),
days AS (
    SELECT sku, business_date, sum(units) AS units
    FROM (
        SELECT sku, business_date, units FROM older
        UNION ALL
        SELECT parts.part_sku AS sku, older.business_date, older.units * parts.units_per_bundle
        FROM older
        INNER JOIN parts ON parts.sku = older.sku
    ) AS lines
    GROUP BY sku, business_date
)
SELECT
    days.sku,
    min(CASE WHEN days.units > 0 THEN days.business_date END) AS first_sale_date,
    max(CASE WHEN days.units > 0 THEN days.business_date END) AS last_sale_date,
    cast(sum(days.units) AS bigint) AS units,
    count(CASE WHEN days.units > 0 AND seen.sku IS NULL THEN days.business_date END)
        AS sale_day_count
FROM days
LEFT JOIN (SELECT DISTINCT sku FROM article_spans) AS seen ON seen.sku = days.sku
GROUP BY days.sku
