-- Answers: what every SKU sold itself in a period, returns taken off, with its revenue in one
--   currency and how many order lines are in others, returns among them; SKUs without a sale are
--   absent. What sold in bundles: movement/sales_through_bundles.
-- Parameters: :since, :until (excluded), :currency.
-- Cost: four columns of the sales of the period's months.
SELECT
    sku,
    cast(sum(units) AS bigint) AS units,
    cast(sum(CASE WHEN currency = :currency THEN revenue_minor ELSE 0 END) AS bigint)
        AS revenue_minor,
    cast(sum(CASE WHEN currency = :currency THEN 0 ELSE 1 END) AS bigint) AS other_lines
FROM sales
WHERE business_date >= :since AND business_date < :until
GROUP BY sku
ORDER BY sku
