-- Answers: the business dates on which forecasts were made, and over which horizons.
-- Parameters: since (date).
-- Cost: two columns of the months since.
select distinct business_date, horizon_days
from demand_forecasts
where business_date >= :since
order by business_date, horizon_days
