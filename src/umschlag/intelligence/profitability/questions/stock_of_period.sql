-- Answers: each SKU's stock over a period, counted in the period's snapshots: how many there are of
--   all articles (picture_days), on how many units of the SKU were available, and on how many it was
--   in the ERP with units on hand (on_hand_days); the value of that stock at cost, in minor units of
--   :currency, summed over those of them on which it is known (value_days). A cost in another
--   currency is converted at the rate of the period's last snapshot, as a closing stock is.
-- Parameters: :since, :until (excluded), :currency.
-- Cost: some columns of the months' changes, and of the days that are not compacted yet.
WITH numbered AS (
    SELECT business_date
    FROM snapshot_days
    WHERE business_date >= :since AND business_date < :until
),
-- Runs that reach over an end of the period, and how many of its snapshots they hold.
ranges AS (
    SELECT DISTINCT from_date, until_date
    FROM article_spans
    WHERE
        from_date < :until
        AND until_date > :since
        AND (from_date < :since OR until_date > :until)
),
cut AS (
    SELECT ranges.from_date, ranges.until_date, count(numbered.business_date) AS day_count
    FROM ranges
    LEFT JOIN numbered
        ON numbered.business_date >= ranges.from_date
        AND numbered.business_date < ranges.until_date
    GROUP BY ranges.from_date, ranges.until_date
),
closing AS (
    SELECT currency, factor
    FROM conversion_days
    WHERE business_date = (SELECT max(business_date) FROM numbered)
),
runs AS (
    SELECT
        spans.sku,
        coalesce(cut.day_count, spans.day_count) AS day_count,
        coalesce(spans.on_hand_units, 0) > coalesce(spans.reserved_units, 0) AS is_available,
        -- How many lie there may be unknown too, and then so is their value.
        coalesce(spans.on_hand_units, 1) > 0 AS is_on_hand,
        CASE
            WHEN spans.currency = :currency
            THEN cast(spans.on_hand_units AS bigint) * spans.unit_cost_minor
            ELSE cast(
                floor(
                    cast(spans.on_hand_units AS bigint) * spans.unit_cost_minor * closing.factor
                    + 0.5
                ) AS bigint
            )
        END AS value_minor
    FROM article_spans AS spans
    LEFT JOIN cut ON cut.from_date = spans.from_date AND cut.until_date = spans.until_date
    LEFT JOIN closing ON closing.currency = spans.currency
    WHERE
        spans.from_date < :until
        AND spans.until_date > :since
        AND spans.last_seen_date IS NULL
)
SELECT
    sku,
    cast((SELECT count(*) FROM numbered) AS bigint) AS picture_days,
    cast(sum(CASE WHEN is_available THEN day_count ELSE 0 END) AS bigint) AS stock_days,
    cast(sum(CASE WHEN is_on_hand THEN day_count ELSE 0 END) AS bigint) AS on_hand_days,
    cast(
        sum(CASE WHEN is_on_hand AND value_minor IS NOT NULL THEN day_count ELSE 0 END) AS bigint
    ) AS value_days,
    cast(
        coalesce(sum(CASE WHEN is_on_hand THEN value_minor * day_count END), 0) AS bigint
    ) AS value_minor_days
FROM runs
GROUP BY sku
ORDER BY sku
