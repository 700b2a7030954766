-- Answers: one SKU's forecasts as they were made, over every horizon.
-- Parameters: :sku, :since, :until (excluded): the days on which they were made.
-- Cost: the months' files, of each only the part that holds the SKU.
SELECT
    business_date,
    horizon_days,
    method,
    mean_units,
    q50_units,
    q80_units,
    q90_units,
    q95_units,
    q99_units
FROM demand_forecasts
WHERE sku = :sku AND business_date >= :since AND business_date < :until
ORDER BY business_date, horizon_days
