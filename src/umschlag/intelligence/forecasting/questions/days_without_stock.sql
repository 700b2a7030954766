-- Answers: the days on which a SKU was seen or had vanished, and had no available units at close.
--   Days on which it sold all the same are among them: who asks puts sales first.
-- Parameters: :from_date, :as_of (both included).
-- Cost: one pass over three columns of the article days of the window.
SELECT sku, business_date
FROM article_days
WHERE
    business_date >= :from_date
    AND business_date <= :as_of
    AND (
        last_seen_date < business_date
        OR coalesce(on_hand_units, 0) - coalesce(reserved_units, 0) <= 0
    )
