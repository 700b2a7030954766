-- Answers: pairs of SKUs that the same orders hold, each pair in both directions, and how many
--   orders that were. Orders of more than 20 SKUs say nothing of what belongs together.
-- Parameters: :since, :until (excluded); :orders_min (fewer orders in common are left out).
-- Cost: one pass over four columns of the period's sales, and those of mixed orders once more.
WITH lines AS (
    SELECT DISTINCT source, order_id, sku
    FROM sales
    WHERE business_date >= :since AND business_date < :until AND units > 0
),
mixed AS (
    SELECT source, order_id
    FROM lines
    GROUP BY source, order_id
    HAVING count(*) BETWEEN 2 AND 20
),
parts AS (
    SELECT lines.source, lines.order_id, lines.sku
    FROM lines
    INNER JOIN mixed ON mixed.source = lines.source AND mixed.order_id = lines.order_id
)
SELECT one.sku, other.sku AS partner_sku, cast(count(*) AS bigint) AS orders
FROM parts AS one
INNER JOIN parts AS other
    ON other.source = one.source AND other.order_id = one.order_id AND other.sku <> one.sku
GROUP BY one.sku, other.sku
HAVING count(*) >= :orders_min
ORDER BY sku, orders DESC, partner_sku
