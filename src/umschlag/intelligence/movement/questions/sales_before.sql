-- Answers: what sold of every SKU before a day, returns taken off. Days of sale are counted only of
--   SKUs that no snapshot shows: of others nobody asks for them.
-- Parameters: :until (excluded); :marketplace (empty: all).
-- Cost: one pass over the sales before that day.
SELECT
    sales.sku,
    min(CASE WHEN sales.units > 0 THEN sales.business_date END) AS first_sale_date,
    max(CASE WHEN sales.units > 0 THEN sales.business_date END) AS last_sale_date,
    cast(sum(sales.units) AS bigint) AS units,
    count(DISTINCT CASE WHEN sales.units > 0 AND seen.sku IS NULL THEN sales.business_date END)
        AS sale_day_count
FROM sales
LEFT JOIN (SELECT DISTINCT sku FROM article_spans) AS seen ON seen.sku = sales.sku
WHERE
    sales.business_date < :until
    AND (:marketplace = '' OR sales.marketplace = :marketplace)
GROUP BY sales.sku
