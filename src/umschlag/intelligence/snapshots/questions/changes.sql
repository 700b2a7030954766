-- Answers: which SKUs appeared, vanished, or changed stock, cost or price between the closes of two
-- days that have a snapshot. A rebuilt day knows no price, and its cost is the newest receipt's
-- instead of the ERP's average: between it and a captured day only stock can be compared.
-- Parameters: since (date) and through (date), both with a snapshot; since is the earlier one.
-- Cost: the files of the two days.
with earlier as (
    select * from article_days where business_date = :since and last_seen_date = business_date
),
later as (
    select * from article_days where business_date = :through and last_seen_date = business_date
)
select
    coalesce(later.sku, earlier.sku) as sku,
    coalesce(later.name, earlier.name) as name,
    case
        when earlier.sku is null then 'appeared'
        when later.sku is null then 'vanished'
        else 'changed'
    end as change,
    earlier.on_hand_units as on_hand_units_before,
    later.on_hand_units as on_hand_units_after,
    earlier.unit_cost_minor as unit_cost_minor_before,
    later.unit_cost_minor as unit_cost_minor_after,
    earlier.sales_price_minor as sales_price_minor_before,
    later.sales_price_minor as sales_price_minor_after
from earlier
full join later on later.sku = earlier.sku
where
    earlier.sku is null
    or later.sku is null
    or earlier.on_hand_units <> later.on_hand_units
    or (
        earlier.is_reconstructed = later.is_reconstructed
        and earlier.unit_cost_minor is distinct from later.unit_cost_minor
    )
    or earlier.sales_price_minor <> later.sales_price_minor
order by 1
