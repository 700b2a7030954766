-- Answers: the business dates of a period that have a snapshot.
-- Parameters: :since, :until (excluded).
-- Cost: none; the catalogue knows them.
SELECT business_date
FROM snapshot_days
WHERE business_date >= :since AND business_date < :until
ORDER BY business_date
