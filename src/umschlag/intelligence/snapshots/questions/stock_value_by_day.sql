-- Answers: units and value of the stock at each day's close, in each currency that its articles
-- have. Oversold stock is worth nothing, SKUs without a known cost are counted in skus_without_cost
-- and left out of the value.
-- Parameters: since (date), until (date, excluded).
-- Cost: some columns of the months' changes, and of the days that are not compacted yet.
with runs as (
    select
        from_date,
        until_date,
        currency,
        count(*) as sku_count,
        sum(greatest(on_hand_units, 0)) as on_hand_units,
        sum(coalesce(greatest(on_hand_units, 0) * unit_cost_minor, 0)) as value_minor,
        count(case when unit_cost_minor is null and on_hand_units > 0 then 1 end)
            as skus_without_cost,
        count(case when is_reconstructed then 1 end) as reconstructed_count
    from article_spans
    where
        from_date < :until
        and until_date > :since
        -- A vanished SKU has no stock any more.
        and last_seen_date is null
    group by from_date, until_date, currency
),
-- What a run brings on its first day it takes away on the day after its last.
steps as (
    select
        from_date as business_date,
        currency,
        sku_count,
        on_hand_units,
        value_minor,
        skus_without_cost,
        reconstructed_count
    from runs
    union all
    select
        until_date as business_date,
        currency,
        -sku_count as sku_count,
        -on_hand_units as on_hand_units,
        -value_minor as value_minor,
        -skus_without_cost as skus_without_cost,
        -reconstructed_count as reconstructed_count
    from runs
    union all
    select
        days.business_date,
        currencies.currency,
        0 as sku_count,
        0 as on_hand_units,
        0 as value_minor,
        0 as skus_without_cost,
        0 as reconstructed_count
    from snapshot_days as days
    cross join (select distinct currency from runs) as currencies
),
steps_by_day as (
    select
        business_date,
        currency,
        sum(sku_count) as sku_count,
        sum(on_hand_units) as on_hand_units,
        sum(value_minor) as value_minor,
        sum(skus_without_cost) as skus_without_cost,
        sum(reconstructed_count) as reconstructed_count
    from steps
    group by business_date, currency
),
levels as (
    select
        business_date,
        currency,
        sum(sku_count) over (partition by currency order by business_date) as sku_count,
        sum(on_hand_units) over (partition by currency order by business_date) as on_hand_units,
        sum(value_minor) over (partition by currency order by business_date) as value_minor,
        sum(skus_without_cost) over (partition by currency order by business_date)
            as skus_without_cost,
        sum(reconstructed_count) over (partition by currency order by business_date)
            as reconstructed_count
    from steps_by_day
)
select
    levels.business_date,
    levels.currency,
    cast(levels.on_hand_units as bigint) as on_hand_units,
    cast(levels.value_minor as bigint) as value_minor,
    cast(levels.skus_without_cost as bigint) as skus_without_cost,
    levels.reconstructed_count > 0 as is_reconstructed
from levels
inner join snapshot_days as days on days.business_date = levels.business_date
where
    levels.business_date >= :since
    and levels.business_date < :until
    and levels.sku_count > 0
order by levels.business_date, levels.currency
