-- Answers: which SKUs had no available units at the close of how many days of a period. Only days
-- count on which the SKU was in the ERP, so none before it was first seen or after it vanished;
-- longest_run_days counts snapshots in a row. out_since_date is the first day of the run that
-- reaches the period's last snapshot, NULL where the SKU was available then, or gone.
-- Parameters: since (date), until (date, excluded).
-- Cost: some columns of the months' changes, and of the days that are not compacted yet.
with held as (
    select
        sku,
        first_number,
        day_count,
        coalesce(on_hand_units, 0) <= coalesce(reserved_units, 0) as is_out
    from article_spans_of_period
    where last_seen_date is null
),
observed as (
    select sku, sum(day_count) as days_observed from held group by sku
),
outs as (
    select sku, first_number, day_count from held where is_out
),
-- Spans that follow each other without a gap have the same run_key.
keyed as (
    select
        sku,
        first_number,
        day_count,
        first_number + day_count
        - sum(day_count) over (
            partition by sku order by first_number rows unbounded preceding
        ) as run_key
    from outs
),
runs as (
    select
        sku,
        min(first_number) as first_number,
        sum(day_count) as day_count
    from keyed
    group by sku, run_key
),
out_totals as (
    select
        sku,
        sum(day_count) as days_out,
        max(day_count) as longest_run_days,
        count(*) as run_count,
        max(
            case
                when first_number + day_count > (select max(day_number) from snapshot_numbers)
                then first_number
            end
        ) as open_run_number
    from runs
    group by sku
)
select
    out_totals.sku,
    cast(observed.days_observed as bigint) as days_observed,
    cast(out_totals.days_out as bigint) as days_out,
    cast(out_totals.longest_run_days as bigint) as longest_run_days,
    out_totals.run_count,
    numbers.business_date as out_since_date
from out_totals
inner join observed on observed.sku = out_totals.sku
left join snapshot_numbers as numbers on numbers.day_number = out_totals.open_run_number
order by out_totals.sku
