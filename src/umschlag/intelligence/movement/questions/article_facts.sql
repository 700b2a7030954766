-- Answers: what is known of every SKU at the close of a business date: one row a SKU that the
--   newest picture up to that date shows, or that was ever sold. Columns about stock are NULL for
--   SKUs without a picture. Sales are net of returns; a day with stock is one at whose close units
--   were available, or on which units sold.
-- Parameters: :as_of; :from_30d, :from_90d, :from_365d (first day of each window); :history_from
--   (how far back runs of days with stock are followed; not after :from_365d).
-- Cost: one pass over the sales and one over the article days since :history_from.
WITH picture AS (
    SELECT *
    FROM article_days
    WHERE business_date = (
        SELECT max(business_date) FROM article_days WHERE business_date <= :as_of
    )
),
sold AS (
    SELECT sku, business_date, sum(units) AS units, sum(revenue_minor) AS revenue_minor
    FROM sales
    WHERE business_date <= :as_of
    GROUP BY sku, business_date
),
sold_totals AS (
    SELECT
        sku,
        min(business_date) FILTER (WHERE units > 0) AS first_sale_date,
        max(business_date) FILTER (WHERE units > 0) AS last_sale_date,
        count(*) FILTER (WHERE units > 0) AS sale_day_count,
        sum(units) AS sold_units_total,
        sum(units) FILTER (WHERE business_date >= :from_30d) AS sold_units_30d,
        sum(units) FILTER (WHERE business_date >= :from_90d) AS sold_units_90d,
        sum(units) FILTER (WHERE business_date >= :from_365d) AS sold_units_365d,
        sum(revenue_minor) FILTER (WHERE business_date >= :from_30d) AS revenue_minor_30d,
        sum(revenue_minor) FILTER (WHERE business_date >= :from_90d) AS revenue_minor_90d,
        sum(revenue_minor) FILTER (WHERE business_date >= :from_365d) AS revenue_minor_365d
    FROM sold
    GROUP BY sku
),
shelf AS (
    SELECT
        day.sku,
        day.business_date,
        CASE WHEN day.on_hand_units > 0 THEN day.on_hand_units ELSE 0 END AS stock_units,
        coalesce(day.unit_cost_minor, picture.unit_cost_minor) AS unit_cost_minor,
        coalesce(sold.units, 0) AS sold_units,
        day.last_seen_date >= day.business_date
        AND (
            coalesce(day.on_hand_units, 0) - coalesce(day.reserved_units, 0) > 0
            OR coalesce(sold.units, 0) > 0
        ) AS has_stock
    FROM article_days AS day
    INNER JOIN picture ON picture.sku = day.sku
    LEFT JOIN sold ON sold.sku = day.sku AND sold.business_date = day.business_date
    WHERE day.business_date >= :history_from AND day.business_date <= :as_of
),
shelf_totals AS (
    SELECT
        sku,
        min(business_date) AS first_seen_date,
        max(business_date) FILTER (WHERE NOT has_stock) AS last_day_out,
        count(*) FILTER (WHERE has_stock AND business_date >= :from_90d) AS days_with_stock_90d,
        count(*) FILTER (WHERE business_date >= :from_365d) AS days_observed_365d,
        sum(sold_units) FILTER (WHERE business_date >= :from_365d) AS sold_units_observed_365d,
        sum(sold_units * unit_cost_minor) FILTER (WHERE business_date >= :from_365d)
            AS cost_of_goods_minor_365d,
        -- In double precision, since every engine has another kind of decimal for a mean.
        avg(cast(stock_units * unit_cost_minor AS double precision))
            FILTER (WHERE business_date >= :from_365d) AS average_stock_value_minor_365d,
        avg(cast(stock_units AS double precision))
            FILTER (WHERE business_date >= :from_365d) AS average_stock_units_365d
    FROM shelf
    GROUP BY sku
),
received AS (
    SELECT sku, max(business_date) AS last_receipt_date
    FROM receipts
    WHERE business_date <= :as_of AND units > 0
    GROUP BY sku
)
SELECT
    coalesce(picture.sku, sold_totals.sku) AS sku,
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
    picture.last_seen_date < picture.business_date AS is_vanished,
    shelf_totals.first_seen_date,
    shelf_totals.last_day_out,
    shelf_totals.days_with_stock_90d,
    shelf_totals.days_observed_365d,
    shelf_totals.sold_units_observed_365d,
    shelf_totals.cost_of_goods_minor_365d,
    shelf_totals.average_stock_value_minor_365d,
    shelf_totals.average_stock_units_365d,
    received.last_receipt_date,
    sold_totals.first_sale_date,
    sold_totals.last_sale_date,
    sold_totals.sale_day_count,
    sold_totals.sold_units_total,
    sold_totals.sold_units_30d,
    sold_totals.sold_units_90d,
    sold_totals.sold_units_365d,
    sold_totals.revenue_minor_30d,
    sold_totals.revenue_minor_90d,
    sold_totals.revenue_minor_365d
FROM picture
FULL OUTER JOIN sold_totals ON sold_totals.sku = picture.sku
LEFT JOIN shelf_totals ON shelf_totals.sku = picture.sku
LEFT JOIN received ON received.sku = picture.sku
ORDER BY coalesce(picture.sku, sold_totals.sku)
