-- Answers: what the newest picture up to a business date shows of every SKU, one row each, and what
--   its stock came to over the days of a year on which it was seen. What vanished is among them,
--   with is_vanished.
-- Parameters: :until (the day after the business date); :from_365d, :until_365d (first day of the
--   year, and the day after its last; not after :until); :since (how far back the first sight is
--   looked for; not after :from_365d).
-- Cost: two passes over some columns of the changes, not of the days.
WITH days AS (
    SELECT business_date
    FROM snapshot_days
    WHERE business_date >= :from_365d AND business_date < :until_365d
),
newest AS (
    SELECT max(business_date) AS business_date FROM snapshot_days WHERE business_date < :until
),
-- Runs that reach over an end of the year, or lie before it, and how many of its days they hold.
ranges AS (
    SELECT DISTINCT from_date, until_date
    FROM article_spans
    WHERE
        from_date < :until_365d
        AND until_date > :since
        AND (from_date < :from_365d OR until_date > :until_365d)
),
cut AS (
    SELECT ranges.from_date, ranges.until_date, count(days.business_date) AS day_count
    FROM ranges
    LEFT JOIN days
        ON days.business_date >= ranges.from_date
        AND days.business_date < ranges.until_date
    GROUP BY ranges.from_date, ranges.until_date
),
shelf AS (
    SELECT
        sku,
        from_date,
        cast(day_count AS bigint) AS day_count,
        on_hand_units,
        unit_cost_minor,
        last_seen_date
    FROM article_spans
    WHERE from_date >= :from_365d AND until_date <= :until_365d
    UNION ALL
    SELECT
        spans.sku,
        spans.from_date,
        cut.day_count,
        spans.on_hand_units,
        spans.unit_cost_minor,
        spans.last_seen_date
    FROM article_spans AS spans
    INNER JOIN cut ON cut.from_date = spans.from_date AND cut.until_date = spans.until_date
),
valued AS (
    SELECT
        sku,
        from_date,
        day_count,
        unit_cost_minor,
        -- What was gone for a while still tells the stock that it had before.
        CASE
            WHEN on_hand_units > 0 AND last_seen_date IS NULL THEN on_hand_units * day_count ELSE 0
        END AS stock_unit_days
    FROM shelf
),
shelf_totals AS (
    SELECT
        sku,
        min(from_date) AS first_from_date,
        sum(day_count) AS days_observed_365d,
        sum(stock_unit_days) AS stock_unit_days_365d,
        sum(stock_unit_days * unit_cost_minor) AS stock_value_days_minor_365d,
        sum(CASE WHEN unit_cost_minor IS NULL THEN day_count ELSE 0 END)
            AS days_without_cost_365d,
        sum(CASE WHEN unit_cost_minor IS NULL THEN stock_unit_days ELSE 0 END)
            AS stock_unit_days_without_cost_365d,
        min(CASE WHEN day_count > 0 THEN coalesce(unit_cost_minor, -1) END) AS cost_minor_min,
        max(CASE WHEN day_count > 0 THEN coalesce(unit_cost_minor, -1) END) AS cost_minor_max
    FROM valued
    GROUP BY sku
)
SELECT
    picture.sku,
    picture.asin,
    picture.name,
    picture.category,
    picture.manufacturer,
    picture.supplier,
    picture.currency,
    picture.is_active,
    picture.is_bundle,
    picture.on_hand_units,
    picture.reserved_units,
    picture.on_order_units,
    picture.unit_cost_minor,
    picture.sales_price_minor,
    picture.lead_time_days,
    picture.order_units_min,
    picture.pack_units,
    picture.last_seen_date IS NOT NULL AS is_vanished,
    shelf_totals.first_from_date,
    cast(shelf_totals.days_observed_365d AS bigint) AS days_observed_365d,
    cast(shelf_totals.stock_unit_days_365d AS bigint) AS stock_unit_days_365d,
    cast(shelf_totals.stock_value_days_minor_365d AS bigint) AS stock_value_days_minor_365d,
    cast(shelf_totals.days_without_cost_365d AS bigint) AS days_without_cost_365d,
    cast(shelf_totals.stock_unit_days_without_cost_365d AS bigint)
        AS stock_unit_days_without_cost_365d,
    shelf_totals.cost_minor_min = shelf_totals.cost_minor_max AS has_one_cost_365d,
    CASE
        WHEN shelf_totals.cost_minor_min = shelf_totals.cost_minor_max THEN
            nullif(shelf_totals.cost_minor_max, -1)
    END AS only_cost_minor_365d
FROM article_spans AS picture
INNER JOIN newest
    ON picture.from_date <= newest.business_date AND picture.until_date > newest.business_date
LEFT JOIN shelf_totals ON shelf_totals.sku = picture.sku
ORDER BY picture.sku
