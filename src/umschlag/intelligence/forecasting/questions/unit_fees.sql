-- Answers: units that Sellerboard says a SKU sold in a period and the fees on them (negative as it
--   tells them, advertising left out), by currency.
-- Parameters: :since, :until (excluded).
-- Cost: one pass over four columns of the Sellerboard rows of the period.
SELECT
    sku,
    currency,
    cast(sum(units) AS bigint) AS units,
    cast(sum(fees_minor) AS bigint) AS fees_minor
FROM sellerboard_days
WHERE business_date >= :since AND business_date < :until
GROUP BY sku, currency
HAVING sum(units) > 0
ORDER BY sku, currency
