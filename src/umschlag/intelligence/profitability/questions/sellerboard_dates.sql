-- Answers: from which to which business date Sellerboard's figures are known.
-- Parameters: none.
-- Cost: the statistics of the files' date columns.
SELECT min(business_date) AS first_date, max(business_date) AS last_date
FROM sellerboard_days
