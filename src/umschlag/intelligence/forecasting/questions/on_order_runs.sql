-- Answers: how many units of a SKU were on order over runs of snapshots, of every SKU that ever had
--   some, with its supplier. Rebuilt days are left out: nobody can tell what was on order on them.
-- Parameters: :since, :until (excluded).
-- Cost: two passes over some columns of the changes.
WITH told AS (
    SELECT sku, supplier, from_date, until_date, on_order_units
    FROM article_spans
    WHERE
        from_date < :until
        AND until_date > :since
        AND last_seen_date IS NULL
        AND NOT is_reconstructed
        AND on_order_units IS NOT NULL
),
ordered AS (
    SELECT DISTINCT sku FROM told WHERE on_order_units > 0
)
SELECT told.sku, told.supplier, told.from_date, told.until_date, told.on_order_units
FROM told
INNER JOIN ordered ON ordered.sku = told.sku
ORDER BY told.sku, told.from_date
