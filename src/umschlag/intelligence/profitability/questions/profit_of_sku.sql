-- Answers: what one SKU earned from :since up to, but without, :until, summed over marketplaces:
--   one row in minor units of :currency, each amount told in another currency converted at the rate
--   of its day, and one row for each currency of which some days have no rate, in that currency.
--   Costs are negative; the parts add up to the net profit, but for rounding.
-- Parameters: :sku, :since, :until (excluded), :currency.
-- Cost: the SKU's rows of the months asked for; files are sorted by SKU.
WITH told AS (
    SELECT
        CASE WHEN rates.factor IS NULL THEN days.currency ELSE :currency END AS currency,
        days.is_settled,
        days.units,
        days.refunds,
        CASE
            WHEN days.currency = :currency OR rates.factor IS NULL THEN days.sales_minor
            ELSE cast(floor(days.sales_minor * rates.factor + 0.5) AS bigint)
        END AS sales_minor,
        CASE
            WHEN days.currency = :currency OR rates.factor IS NULL THEN days.ads_minor
            ELSE cast(floor(days.ads_minor * rates.factor + 0.5) AS bigint)
        END AS ads_minor,
        CASE
            WHEN days.currency = :currency OR rates.factor IS NULL THEN days.fees_minor
            ELSE cast(floor(days.fees_minor * rates.factor + 0.5) AS bigint)
        END AS fees_minor,
        CASE
            WHEN days.currency = :currency OR rates.factor IS NULL THEN days.refund_cost_minor
            ELSE cast(floor(days.refund_cost_minor * rates.factor + 0.5) AS bigint)
        END AS refund_cost_minor,
        CASE
            WHEN days.currency = :currency OR rates.factor IS NULL THEN days.cost_of_goods_minor
            ELSE cast(floor(days.cost_of_goods_minor * rates.factor + 0.5) AS bigint)
        END AS cost_of_goods_minor,
        CASE
            WHEN days.currency = :currency OR rates.factor IS NULL THEN days.vat_minor
            ELSE cast(floor(days.vat_minor * rates.factor + 0.5) AS bigint)
        END AS vat_minor,
        CASE
            WHEN days.currency = :currency OR rates.factor IS NULL THEN days.net_profit_minor
            ELSE cast(floor(days.net_profit_minor * rates.factor + 0.5) AS bigint)
        END AS net_profit_minor
    FROM sellerboard_days AS days
    LEFT JOIN conversion_days AS rates
        ON rates.business_date = days.business_date AND rates.currency = days.currency
    WHERE days.sku = :sku AND days.business_date >= :since AND days.business_date < :until
)
SELECT
    currency,
    sum(units) AS units,
    sum(refunds) AS refunds,
    sum(sales_minor) AS sales_minor,
    sum(ads_minor) AS ads_minor,
    sum(fees_minor) AS fees_minor,
    sum(refund_cost_minor) AS refund_cost_minor,
    sum(cost_of_goods_minor) AS cost_of_goods_minor,
    sum(vat_minor) AS vat_minor,
    sum(net_profit_minor) AS net_profit_minor,
    count(*) FILTER (WHERE NOT is_settled) AS estimated_row_count
FROM told
GROUP BY currency
ORDER BY currency
