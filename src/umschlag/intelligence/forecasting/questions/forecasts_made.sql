-- Answers: what was forecast on a business date over one horizon, a row an article.
-- Parameters: made_date, horizon_days.
-- Cost: the month's file, of which only the groups of rows that hold the day are unpacked.
select sku, method, mean_units, q50_units, q80_units, q90_units, q95_units, q99_units
from demand_forecasts
where business_date = :made_date and horizon_days = :horizon_days
order by sku
