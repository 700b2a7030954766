-- Answers: the snapshots of a period at which a SKU's state differs from the one before, and by how
--   much. The state is 0 with available units, 1 without any at the close, 2 where the SKU had
--   vanished from the ERP; before the period it is 0, so its first snapshot tells what it began
--   with. A SKU may have sold on a day without: who asks puts sales first.
-- Parameters: :since, :until (excluded).
-- Cost: one pass over some columns of the changes.
WITH days AS (
    SELECT business_date FROM snapshot_days WHERE business_date >= :since AND business_date < :until
),
numbered AS (
    SELECT days.business_date, count(*) AS day_number
    FROM days
    INNER JOIN days AS earlier ON earlier.business_date <= days.business_date
    GROUP BY days.business_date
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
outs AS (
    SELECT
        spans.sku,
        CASE WHEN spans.last_seen_date IS NULL THEN 1 ELSE 2 END AS state,
        coalesce(cut.first_number, numbered.day_number) AS first_number,
        coalesce(cut.day_count, spans.day_count) AS day_count
    FROM article_spans AS spans
    LEFT JOIN cut ON cut.from_date = spans.from_date AND cut.until_date = spans.until_date
    LEFT JOIN numbered ON numbered.business_date = spans.from_date
    WHERE
        spans.from_date < :until
        AND spans.until_date > :since
        AND (
            spans.last_seen_date IS NOT NULL
            OR coalesce(spans.on_hand_units, 0) <= coalesce(spans.reserved_units, 0)
        )
),
-- Where one span ends and the next begins, the two cancel each other.
steps AS (
    SELECT sku, first_number AS day_number, state AS change
    FROM outs
    WHERE day_count > 0
    UNION ALL
    SELECT sku, first_number + day_count AS day_number, -state AS change
    FROM outs
    WHERE day_count > 0
),
changes AS (
    SELECT sku, day_number, sum(change) AS change
    FROM steps
    GROUP BY sku, day_number
    HAVING sum(change) <> 0
)
SELECT changes.sku, numbered.business_date, cast(changes.change AS bigint) AS change
FROM changes
INNER JOIN numbered ON numbered.day_number = changes.day_number
