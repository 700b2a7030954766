-- Answers: the snapshots of a period at which a SKU's state differs from the one before, and by how
--   much. The state is 0 with available units, 1 without any at the close, 2 where the SKU had
--   vanished from the ERP; before the period it is 0, so its first snapshot tells what it began
--   with. A SKU may have sold on a day without: who asks puts sales first.
-- Parameters: :since, :until (excluded).
-- Cost: one pass over some columns of the changes.
WITH outs AS (
    SELECT
        sku,
        CASE WHEN last_seen_date IS NULL THEN 1 ELSE 2 END AS state,
        first_number,
        day_count
    FROM article_spans_of_period
    WHERE
        last_seen_date IS NOT NULL
        OR coalesce(on_hand_units, 0) <= coalesce(reserved_units, 0)
),
-- Where one span ends and the next begins, the two cancel each other.
steps AS (
    SELECT sku, first_number AS day_number, state AS change
    FROM outs
    UNION ALL
    SELECT sku, first_number + day_count AS day_number, -state AS change
    FROM outs
),
changes AS (
    SELECT sku, day_number, sum(change) AS change
    FROM steps
    GROUP BY sku, day_number
    HAVING sum(change) <> 0
)
SELECT changes.sku, numbers.business_date, cast(changes.change AS bigint) AS change
FROM changes
INNER JOIN snapshot_numbers AS numbers ON numbers.day_number = changes.day_number
