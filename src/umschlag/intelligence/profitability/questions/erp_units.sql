-- Answers: how many units the ERP sold of each SKU on each marketplace in a period, returns left
--   out.
-- Parameters: :since, :until (excluded).
-- Cost: four columns of the period's order lines.
SELECT sku, marketplace, sum(units) AS units
FROM sales
WHERE business_date >= :since AND business_date < :until AND units > 0
GROUP BY sku, marketplace
