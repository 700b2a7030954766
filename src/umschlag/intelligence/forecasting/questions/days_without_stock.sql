-- Answers: the days on which a SKU was seen or had vanished, and had no available units at close.
--   Days on which it sold all the same are among them: who asks puts sales first.
-- Parameters: :from_date, :as_of (both included).
-- Cost: some columns of the months' changes, and of the days that are not compacted yet.
SELECT spans.sku, days.business_date
FROM article_spans AS spans
INNER JOIN snapshot_days AS days
    ON days.business_date >= spans.from_date AND days.business_date < spans.until_date
WHERE
    days.business_date >= :from_date
    AND days.business_date <= :as_of
    AND spans.from_date <= :as_of
    AND spans.until_date > :from_date
    AND (
        spans.last_seen_date IS NOT NULL
        OR coalesce(spans.on_hand_units, 0) <= coalesce(spans.reserved_units, 0)
    )
