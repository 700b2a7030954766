-- Answers: one SKU's units by day, returns netted; days without a sale are absent.
-- Parameters: :sku, :since, :until (excluded).
-- Cost: the months' sales files, of each only the part that holds the SKU.
SELECT business_date, sum(units) AS units
FROM sales
WHERE sku = :sku AND business_date >= :since AND business_date < :until
GROUP BY business_date
ORDER BY business_date
