-- Answers: units and value of the stock at each day's close, in each currency that its articles
-- have. Oversold stock is worth nothing, SKUs without a known cost are counted in skus_without_cost
-- and left out of the value.
-- Parameters: since (date), until (date, excluded).
-- Cost: no file at all; the sums that each day's publication left in the catalogue.
select
    business_date,
    currency,
    on_hand_units,
    value_minor,
    skus_without_cost,
    is_reconstructed
from stock_totals
where business_date >= :since and business_date < :until
order by business_date, currency
