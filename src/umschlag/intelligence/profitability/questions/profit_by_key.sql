-- Answers: what was earned from :from_date to :until (excluded), in one pass twice over: rows for
--   each SKU, whose marketplace and day are NULL, and rows for each marketplace and day, whose SKU
--   is NULL; settled and estimated, the period itself (is_now) and the days from :since to
--   :from_date before it, and each currency that Sellerboard told them in stand apart. Amounts are minor units of :currency:
--   each row that was told in another is converted at the rate of its day and rounded half up by
--   itself, so that every grouping comes to the same total. Where no rate counts (is_told is
--   false), they are of the row's own currency.
-- Parameters: :since, :from_date, :until (excluded), :currency, :marketplace (empty: all).
-- Cost: one pass over 14 columns of the Sellerboard rows of both periods.
WITH told AS (
    SELECT
        sku,
        marketplace,
        business_date,
        currency,
        TRUE AS is_told,
        business_date >= :from_date AS is_now,
        is_settled,
        units,
        refunds,
        sales_minor,
        ads_minor,
        fees_minor,
        refund_cost_minor,
        cost_of_goods_minor,
        vat_minor,
        net_profit_minor
    FROM sellerboard_days
    WHERE
        business_date >= :since
        AND business_date < :until
        AND currency = :currency
        AND (:marketplace = '' OR marketplace = :marketplace)
    UNION ALL
    SELECT
        days.sku,
        days.marketplace,
        days.business_date,
        days.currency,
        rates.factor IS NOT NULL AS is_told,
        days.business_date >= :from_date AS is_now,
        days.is_settled,
        days.units,
        days.refunds,
        CASE
            WHEN rates.factor IS NULL THEN days.sales_minor
            ELSE cast(floor(days.sales_minor * rates.factor + 0.5) AS bigint)
        END AS sales_minor,
        CASE
            WHEN rates.factor IS NULL THEN days.ads_minor
            ELSE cast(floor(days.ads_minor * rates.factor + 0.5) AS bigint)
        END AS ads_minor,
        CASE
            WHEN rates.factor IS NULL THEN days.fees_minor
            ELSE cast(floor(days.fees_minor * rates.factor + 0.5) AS bigint)
        END AS fees_minor,
        CASE
            WHEN rates.factor IS NULL THEN days.refund_cost_minor
            ELSE cast(floor(days.refund_cost_minor * rates.factor + 0.5) AS bigint)
        END AS refund_cost_minor,
        CASE
            WHEN rates.factor IS NULL THEN days.cost_of_goods_minor
            ELSE cast(floor(days.cost_of_goods_minor * rates.factor + 0.5) AS bigint)
        END AS cost_of_goods_minor,
        CASE
            WHEN rates.factor IS NULL THEN days.vat_minor
            ELSE cast(floor(days.vat_minor * rates.factor + 0.5) AS bigint)
        END AS vat_minor,
        CASE
            WHEN rates.factor IS NULL THEN days.net_profit_minor
            ELSE cast(floor(days.net_profit_minor * rates.factor + 0.5) AS bigint)
        END AS net_profit_minor
    FROM sellerboard_days AS days
    LEFT JOIN conversion_days AS rates
        ON rates.business_date = days.business_date AND rates.currency = days.currency
    WHERE
        days.business_date >= :since
        AND days.business_date < :until
        AND days.currency <> :currency
        AND (:marketplace = '' OR days.marketplace = :marketplace)
)
SELECT
    sku,
    marketplace,
    business_date,
    currency,
    is_told,
    is_now,
    is_settled,
    count(*) AS row_count,
    sum(units) AS units,
    sum(refunds) AS refunds,
    sum(sales_minor) AS sales_minor,
    sum(ads_minor) AS ads_minor,
    sum(fees_minor) AS fees_minor,
    sum(refund_cost_minor) AS refund_cost_minor,
    sum(cost_of_goods_minor) AS cost_of_goods_minor,
    sum(vat_minor) AS vat_minor,
    sum(net_profit_minor) AS net_profit_minor
FROM told
GROUP BY GROUPING SETS (
    (sku, currency, is_told, is_now, is_settled),
    (marketplace, business_date, currency, is_told, is_now, is_settled)
)
