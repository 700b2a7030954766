-- Answers: the runs of snapshots in a period at which a SKU had the same cost, each with its first
--   and last day; of every SKU whose cost changed in the period, or that some of its snapshots lack
--   since it was first seen.
-- Parameters: :since, :until (excluded).
-- Cost: two passes over some columns of the changes.
WITH numbered AS (
    SELECT business_date, row_number() OVER (ORDER BY business_date) AS day_number
    FROM snapshot_days
    WHERE business_date >= :since AND business_date < :until
),
-- Spans that reach over an end of the period, and which of its snapshots they hold.
ranges AS (
    SELECT DISTINCT from_date, until_date
    FROM article_spans
    WHERE
        from_date < :until
        AND until_date > :since
        AND (from_date < :since OR until_date > :until)
),
cut AS (
    SELECT
        ranges.from_date,
        ranges.until_date,
        min(numbered.day_number) AS first_number,
        count(numbered.day_number) AS day_count
    FROM ranges
    LEFT JOIN numbered
        ON numbered.business_date >= ranges.from_date
        AND numbered.business_date < ranges.until_date
    GROUP BY ranges.from_date, ranges.until_date
),
held AS (
    SELECT
        spans.sku,
        coalesce(spans.unit_cost_minor, -1) AS cost_minor,
        coalesce(cut.first_number, numbered.day_number) AS first_number,
        coalesce(cut.day_count, spans.day_count) AS day_count
    FROM article_spans AS spans
    LEFT JOIN cut ON cut.from_date = spans.from_date AND cut.until_date = spans.until_date
    LEFT JOIN numbered ON numbered.business_date = spans.from_date
    WHERE spans.from_date < :until AND spans.until_date > :since
),
uneven AS (
    SELECT sku
    FROM held
    WHERE day_count > 0
    GROUP BY sku
    HAVING
        min(cost_minor) <> max(cost_minor)
        OR sum(day_count) + min(first_number) <> (SELECT max(day_number) FROM numbered) + 1
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
    WHERE held.day_count > 0
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
INNER JOIN numbered AS first_day ON first_day.day_number = runs.first_number
INNER JOIN numbered AS last_day ON last_day.day_number = runs.last_number
ORDER BY runs.sku, first_day.business_date
