-- Answers: units sold by SKU and marketplace in a period, returns netted; none where none sold.
-- Parameters: :since, :until (excluded).
-- Cost: four columns of the sales of the period's months.
SELECT sku, marketplace, cast(sum(units) AS bigint) AS units
FROM sales
WHERE business_date >= :since AND business_date < :until
GROUP BY sku, marketplace
ORDER BY sku, marketplace
