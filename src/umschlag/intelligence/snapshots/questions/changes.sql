-- Answers: which SKUs appeared, vanished, or changed stock, cost or price between the closes of two
-- days that have a snapshot, and what moved their stock. A rebuilt day knows no price, and its cost
-- is the newest receipt's instead of the ERP's average: between it and a captured day only stock
-- can be compared. units_sold (net of units_returned) and units_received are those of the days after
-- `moved_after` through `moved_through`; what they leave of units_changed is units_corrected: stock
-- that was corrected or moved, or a sale or receipt that we were not told of.
-- Parameters: since (date) and through (date), both with a snapshot; since is the earlier one.
-- moved_after and moved_through: at whose closes the stock was as these two show it, the day before
-- where a snapshot was taken in the night.
-- Cost: the changes of two months (or two days' files), the sales and receipts of the days between.
-- Units: ends
with earlier as (
    select
        sku,
        name,
        on_hand_units,
        unit_cost_minor,
        sales_price_minor,
        currency,
        is_reconstructed
    from article_spans
    where from_date <= :since and until_date > :since and last_seen_date is null
),
later as (
    select
        sku,
        name,
        on_hand_units,
        unit_cost_minor,
        sales_price_minor,
        currency,
        is_reconstructed
    from article_spans
    where from_date <= :through and until_date > :through and last_seen_date is null
),
compared as (
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
        coalesce(later.on_hand_units, 0) - coalesce(earlier.on_hand_units, 0) as units_changed,
        earlier.unit_cost_minor as unit_cost_minor_before,
        later.unit_cost_minor as unit_cost_minor_after,
        earlier.sales_price_minor as sales_price_minor_before,
        later.sales_price_minor as sales_price_minor_after,
        coalesce(later.currency, earlier.currency) as currency,
        case
            when earlier.is_reconstructed <> later.is_reconstructed then false
            when earlier.sku is null or later.sku is null then false
            else earlier.unit_cost_minor is distinct from later.unit_cost_minor
        end as is_cost_changed,
        case
            when earlier.is_reconstructed <> later.is_reconstructed then false
            when earlier.sku is null or later.sku is null then false
            else earlier.sales_price_minor is distinct from later.sales_price_minor
        end as is_price_changed
    from earlier
    full join later on later.sku = earlier.sku
),
changed as (
    select *
    from compared
    where change <> 'changed' or units_changed <> 0 or is_cost_changed or is_price_changed
),
sold as (
    select
        sku,
        sum(units) as units,
        sum(case when units < 0 then -units else 0 end) as returned_units
    from sales
    where business_date > :moved_after and business_date <= :moved_through
    group by sku
),
received as (
    select sku, sum(units) as units
    from receipts
    where business_date > :moved_after and business_date <= :moved_through
    group by sku
)
select
    changed.sku,
    changed.name,
    changed.change,
    changed.on_hand_units_before,
    changed.on_hand_units_after,
    changed.units_changed,
    cast(coalesce(sold.units, 0) as bigint) as units_sold,
    cast(coalesce(sold.returned_units, 0) as bigint) as units_returned,
    cast(coalesce(received.units, 0) as bigint) as units_received,
    cast(
        changed.units_changed + coalesce(sold.units, 0) - coalesce(received.units, 0) as bigint
    ) as units_corrected,
    changed.unit_cost_minor_before,
    changed.unit_cost_minor_after,
    changed.sales_price_minor_before,
    changed.sales_price_minor_after,
    changed.currency,
    changed.is_cost_changed,
    changed.is_price_changed
from changed
left join sold on sold.sku = changed.sku
left join received on received.sku = changed.sku
order by changed.sku
