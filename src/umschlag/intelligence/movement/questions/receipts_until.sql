-- Answers: what came in of every SKU up to a business date, newest first: enough to tell how old
--   the goods on hand are, first in, first out.
-- Parameters: :as_of.
-- Cost: one pass over the receipts.
SELECT sku, business_date, cast(sum(units) AS bigint) AS units
FROM receipts
WHERE business_date <= :as_of
GROUP BY sku, business_date
HAVING sum(units) > 0
ORDER BY sku, business_date DESC
