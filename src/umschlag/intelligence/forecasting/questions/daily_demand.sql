-- Answers: units sold by SKU and day, returns netted; days without a sale are absent.
-- Parameters: :from_date, :as_of (both included).
-- Cost: one pass over the sales of the window.
SELECT sku, business_date, sum(units) AS units
FROM sales
WHERE business_date >= :from_date AND business_date <= :as_of
GROUP BY sku, business_date
HAVING sum(units) > 0
