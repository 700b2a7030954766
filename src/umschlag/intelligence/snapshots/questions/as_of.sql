-- Answers: every SKU's state at the close of the newest business date not after the given one;
-- vanished ones are marked by is_vanished and keep their last.
-- Parameters: as_of (date).
-- Cost: the changes of one month, or one day's file where the month is not compacted yet.
-- Units: as_of
with day as (
    select max(business_date) as business_date
    from snapshot_days
    where business_date <= :as_of
)
select
    (select business_date from day) as business_date,
    sku,
    variation_id,
    item_id,
    asin,
    gtin,
    name,
    manufacturer,
    category,
    supplier,
    is_active,
    is_bundle,
    on_hand_units,
    reserved_units,
    on_order_units,
    other_on_hand_units,
    unit_cost_minor,
    sales_price_minor,
    currency,
    weight_g,
    length_mm,
    width_mm,
    height_mm,
    lead_time_days,
    order_units_min,
    pack_units,
    created_date,
    coalesce(last_seen_date, (select business_date from day)) as last_seen_date,
    is_reconstructed,
    last_seen_date is not null as is_vanished
from article_spans
where
    from_date <= :as_of
    and from_date <= (select business_date from day)
    and until_date > (select business_date from day)
order by sku
