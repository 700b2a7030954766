-- Answers: the runs of snapshots in a period at which a SKU had the same cost, each with its first
--   and last day; of every SKU whose cost changed in the period, or that some of its snapshots lack
--   since it was first seen.
-- Parameters: :since, :until (excluded).
-- Cost: two passes over some columns of the changes.
WITH held AS (
    SELECT sku, coalesce(unit_cost_minor, -1) AS cost_minor, first_number, day_count
    FROM article_spans_of_period
),
uneven AS (
    SELECT sku
    FROM held
    GROUP BY sku
    HAVING
        min(cost_minor) <> max(cost_minor)
        OR sum(day_count) + min(first_number) <> (SELECT max(day_number) FROM snapshot_numbers) + 1
),
keyed AS (
    SELECT
        held.sku,
        held.cost_minor,
        held.first_number,
        held.day_count,
        held.first_number + held.day_count
        - sum(held.day_count) OVER (
            PARTITION BY held.sku, held.cost_minor
            ORDER BY held.first_number ROWS UNBOUNDED PRECEDING
        ) AS run_key
    FROM held
    INNER JOIN uneven ON uneven.sku = held.sku
),
runs AS (
    SELECT
        sku,
        cost_minor,
        min(first_number) AS first_number,
        max(first_number + day_count - 1) AS last_number
    FROM keyed
    GROUP BY sku, cost_minor, run_key
)
SELECT
    runs.sku,
    first_day.business_date AS first_date,
    last_day.business_date AS last_date,
    CASE WHEN runs.cost_minor >= 0 THEN runs.cost_minor END AS unit_cost_minor
FROM runs
INNER JOIN snapshot_numbers AS first_day ON first_day.day_number = runs.first_number
INNER JOIN snapshot_numbers AS last_day ON last_day.day_number = runs.last_number
ORDER BY runs.sku, first_day.business_date
