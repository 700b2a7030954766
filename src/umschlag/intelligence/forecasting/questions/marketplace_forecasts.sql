-- Answers: what was forecast on a business date over one horizon, a row an article and marketplace.
-- Parameters: :made_date, :horizon_days; :sku and :marketplace (empty: all).
-- Cost: the month's file, of which only the groups of rows that hold the day are unpacked.
SELECT
    sku,
    marketplace,
    method,
    mean_units,
    q50_units,
    q80_units,
    q90_units,
    q95_units,
    q99_units
FROM marketplace_forecasts
WHERE
    business_date = :made_date
    AND horizon_days = :horizon_days
    AND (:sku = '' OR sku = :sku)
    AND (:marketplace = '' OR marketplace = :marketplace)
ORDER BY sku, marketplace
