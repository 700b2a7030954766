-- Answers: what sold of every SKU on which day, lines of orders one by one, returns negative.
-- Parameters: :since, :until (excluded); :marketplace (empty: all); :sku (empty: all).
-- Cost: one pass over the sales of the period; of one SKU only the parts of the files that hold it.
SELECT sku, business_date, units, revenue_minor
FROM sales
WHERE
    business_date >= :since
    AND business_date < :until
    AND (:marketplace = '' OR marketplace = :marketplace)
    AND (:sku = '' OR sku = :sku)
