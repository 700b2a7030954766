-- Answers: what the stock of the days comes to, summed up from their rows, in each currency that
-- the articles have. It proves the sums that were kept when the days were published.
-- Parameters: none.
-- Cost: a few columns of every day that it is handed.
select
    business_date,
    currency,
    count(*) as sku_count,
    -- What one article owes takes nothing from another.
    sum(greatest(on_hand_units, 0)) as on_hand_units,
    sum(coalesce(greatest(on_hand_units, 0) * unit_cost_minor, 0)) as value_minor,
    count(case when unit_cost_minor is null and on_hand_units > 0 then 1 end) as skus_without_cost,
    count(case when is_reconstructed then 1 end) > 0 as is_reconstructed
from article_days
-- A vanished SKU has no stock any more.
where last_seen_date = business_date
group by business_date, currency
order by business_date, currency
