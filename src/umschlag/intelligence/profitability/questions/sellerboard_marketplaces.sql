-- Answers: on which marketplaces Sellerboard told anything in a period.
-- Parameters: :since, :until (excluded).
-- Cost: two columns of the period's Sellerboard rows.
SELECT DISTINCT marketplace
FROM sellerboard_days
WHERE business_date >= :since AND business_date < :until
ORDER BY marketplace
