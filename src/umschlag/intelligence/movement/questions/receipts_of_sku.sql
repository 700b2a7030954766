-- Answers: what came in of one SKU, by day.
-- Parameters: :sku, :since, :until (excluded).
-- Cost: the months' receipts, of each only the part that holds the SKU.
SELECT business_date, cast(sum(units) AS bigint) AS units
FROM receipts
WHERE sku = :sku AND business_date >= :since AND business_date < :until
GROUP BY business_date
HAVING sum(units) > 0
ORDER BY business_date
