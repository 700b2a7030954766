-- Answers: what every SKU earned over a period: Sellerboard's sums beside the ERP's cost, its stock
--   over the period and the units it sold on the same marketplaces. ERP columns are NULL for SKUs
--   that no picture shows.
-- Parameters: :from_date, :until_date (excluded), :currency (of the Sellerboard account).
-- Cost: one pass over the period's Sellerboard rows, article days and sales.
WITH told AS (
    SELECT
        sku,
        sum(units) AS units,
        sum(refunds) AS refunds,
        sum(sales_minor) AS sales_minor,
        sum(ads_minor) AS ads_minor,
        sum(fees_minor) AS fees_minor,
        sum(refund_cost_minor) AS refund_cost_minor,
        sum(cost_of_goods_minor) AS cost_of_goods_minor,
        sum(vat_minor) AS vat_minor,
        sum(net_profit_minor) AS net_profit_minor,
        count(DISTINCT business_date) FILTER (WHERE NOT is_settled) AS estimated_day_count
    FROM sellerboard_days
    WHERE business_date >= :from_date AND business_date < :until_date AND currency = :currency
    GROUP BY sku
),
picture AS (
    SELECT sku, name, unit_cost_minor, currency, on_hand_units
    FROM article_days
    WHERE business_date = (
        SELECT max(business_date) FROM article_days WHERE business_date < :until_date
    )
),
stock AS (
    SELECT
        sku,
        avg(cast(greatest(on_hand_units, 0) AS double precision)) AS stock_units_mean,
        count(on_hand_units) AS stock_day_count
    FROM article_days
    WHERE business_date >= :from_date AND business_date < :until_date
    GROUP BY sku
),
erp_sales AS (
    SELECT sku, sum(units) FILTER (WHERE units > 0) AS erp_sold_units
    FROM sales
    WHERE business_date >= :from_date AND business_date < :until_date
        AND marketplace IN (SELECT DISTINCT marketplace FROM sellerboard_days)
    GROUP BY sku
)
SELECT
    told.*,
    coalesce(picture.name, '') AS name,
    picture.sku IS NOT NULL AS is_known_to_erp,
    CASE WHEN picture.currency = :currency THEN picture.unit_cost_minor END
        AS erp_unit_cost_minor,
    picture.on_hand_units,
    stock.stock_units_mean,
    coalesce(stock.stock_day_count, 0) AS stock_day_count,
    coalesce(erp_sales.erp_sold_units, 0) AS erp_sold_units
FROM told
LEFT JOIN picture ON picture.sku = told.sku
LEFT JOIN stock ON stock.sku = told.sku
LEFT JOIN erp_sales ON erp_sales.sku = told.sku
ORDER BY told.net_profit_minor DESC, told.sku
