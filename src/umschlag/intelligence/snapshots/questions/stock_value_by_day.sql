-- Answers: units and value of the stock at each day's close. Oversold stock is worth nothing, SKUs
-- without a known cost are counted in skus_without_cost and left out of the value.
-- Parameters: since (date), until (date, excluded).
-- Cost: three columns of the files of those days.
select
    business_date,
    sum(greatest(on_hand_units, 0)) as on_hand_units,
    sum(greatest(on_hand_units, 0) * unit_cost_minor) as value_minor,
    count(case when unit_cost_minor is null and on_hand_units > 0 then 1 end) as skus_without_cost,
    max(currency) as currency,
    bool_or(is_reconstructed) as is_reconstructed
from article_days
where
    business_date >= :since
    and business_date < :until
    -- A vanished SKU has no stock any more.
    and last_seen_date = business_date
group by business_date
order by business_date
