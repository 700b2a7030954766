-- Answers: what sold of every SKU on which day, lines of orders one by one, returns negative.
-- Parameters: :since, :until (excluded); :marketplace (empty: all).
-- Cost: one pass over the sales of the period.
SELECT sku, business_date, units, revenue_minor
FROM sales
WHERE
    business_date >= :since
    AND business_date < :until
    AND (:marketplace = '' OR marketplace = :marketplace)
