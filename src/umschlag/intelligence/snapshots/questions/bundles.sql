-- Answers: what each bundle was put together from at the close of the newest business date not after
-- the given one, a row a part, and how many of it could be sold: sellable_units is the least that
-- any part allows (part_sellable_units), each bundle counted as if no other one took the same part.
-- Unknown, NULL, where a part is not in the ERP, has no known stock, or is a bundle itself; and for
-- a bundle whose parts are not known, which has one row without a part.
-- Parameters: as_of (date).
-- Cost: the bundles' few rows, and some columns of the changes of one month, or of one day's file
-- where the month is not compacted yet.
-- Units: as_of
with day as (
    select max(business_date) as business_date
    from snapshot_days
    where business_date <= :as_of
),
articles as (
    select
        sku,
        name,
        is_bundle,
        cast(on_hand_units as bigint) - coalesce(reserved_units, 0) as available_units
    from article_spans
    where
        from_date <= :as_of
        and from_date <= (select business_date from day)
        and until_date > (select business_date from day)
        -- What vanished has no stock that could be taken, and cannot be sold.
        and last_seen_date is null
),
parts as (
    select
        bundles.sku,
        bundles.name,
        recipe.part_sku,
        articles.name as part_name,
        articles.sku is not null as is_part_there,
        recipe.units_per_bundle,
        case
            when articles.is_bundle or articles.available_units is null then null
            when articles.available_units > 0 then articles.available_units
            else 0
        end as part_available_units
    from articles as bundles
    left join bundle_parts as recipe
        on recipe.sku = bundles.sku
        and recipe.business_date = (select business_date from day)
    left join articles on articles.sku = recipe.part_sku
    where bundles.is_bundle
),
allowed as (
    select
        *,
        cast(
            floor(cast(part_available_units as double precision) / nullif(units_per_bundle, 0))
            as bigint
        ) as part_sellable_units
    from parts
)
select
    (select business_date from day) as business_date,
    sku,
    name,
    part_sku,
    part_name,
    is_part_there,
    units_per_bundle,
    part_available_units,
    part_sellable_units,
    case
        when count(*) over (partition by sku) = count(part_sellable_units) over (partition by sku)
        then min(part_sellable_units) over (partition by sku)
    end as sellable_units
from allowed
order by sku, part_sku
