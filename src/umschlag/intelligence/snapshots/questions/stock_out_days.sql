-- Answers: which SKUs had no available units at the close of how many days of a period. Only days
-- count on which the SKU was in the ERP, so none before it was first seen or after it vanished;
-- longest_run_days counts snapshots in a row. out_since_date is the first day of the run that
-- reaches the period's last snapshot, NULL where the SKU was available then, or gone.
-- Parameters: since (date), until (date, excluded).
-- Cost: some columns of the months' changes, and of the days that are not compacted yet.
with numbered as (
    select business_date, row_number() over (order by business_date) as day_number
    from snapshot_days
    where business_date >= :since and business_date < :until
),
-- Runs that reach over an end of the period, and how many of its snapshots they hold.
ranges as (
    select distinct from_date, until_date
    from article_spans
    where
        from_date < :until
        and until_date > :since
        and (from_date < :since or until_date > :until)
),
cut as (
    select
        ranges.from_date,
        ranges.until_date,
        min(numbered.day_number) as first_number,
        count(numbered.day_number) as day_count
    from ranges
    left join numbered
        on numbered.business_date >= ranges.from_date
        and numbered.business_date < ranges.until_date
    group by ranges.from_date, ranges.until_date
),
observed as (
    select spans.sku, sum(coalesce(cut.day_count, spans.day_count)) as days_observed
    from article_spans as spans
    left join cut on cut.from_date = spans.from_date and cut.until_date = spans.until_date
    where
        spans.from_date < :until
        and spans.until_date > :since
        and spans.last_seen_date is null
    group by spans.sku
),
outs as (
    select
        spans.sku,
        coalesce(cut.first_number, numbered.day_number) as first_number,
        coalesce(cut.day_count, spans.day_count) as day_count
    from article_spans as spans
    left join cut on cut.from_date = spans.from_date and cut.until_date = spans.until_date
    left join numbered on numbered.business_date = spans.from_date
    where
        spans.from_date < :until
        and spans.until_date > :since
        and spans.last_seen_date is null
        and coalesce(spans.on_hand_units, 0) <= coalesce(spans.reserved_units, 0)
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
    where day_count > 0
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
                when first_number + day_count > (select max(day_number) from numbered)
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
    numbered.business_date as out_since_date
from out_totals
inner join observed on observed.sku = out_totals.sku
left join numbered on numbered.day_number = out_totals.open_run_number
order by out_totals.sku
