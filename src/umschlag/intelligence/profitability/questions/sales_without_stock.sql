-- Answers: which SKUs Sellerboard sold on days on which none of our warehouses had any: neither at
--   the close of the day nor at that of the day before, and none was received on it. Sales that
--   the merchant ships himself (FBM) stand apart from those that Amazon ships, whose stock is not
--   in the ERP: of them nothing can be concluded. Bundles have no stock of their own and are left
--   out, as are days without a picture. Sales are minor units of :currency.
-- Parameters: :since, :until (excluded), :currency, :marketplace (empty: all).
-- Cost: seven columns of the period's Sellerboard rows, the months' changes of SKUs without stock.
WITH empty AS (
    SELECT sku, from_date, until_date
    FROM article_spans
    WHERE
        from_date < :until
        AND until_date > :since
        AND last_seen_date IS NULL
        AND on_hand_units <= 0
        AND coalesce(other_on_hand_units, 0) <= 0
        AND NOT coalesce(is_bundle, FALSE)
),
sold AS (
    SELECT
        days.sku,
        days.business_date,
        days.currency,
        days.units,
        days.sales_minor,
        coalesce(days.fulfilment_channel = 'FBM', FALSE) AS is_ours
    FROM sellerboard_days AS days
    INNER JOIN empty
        ON empty.sku = days.sku
        AND days.business_date >= empty.from_date
        AND days.business_date < empty.until_date
    WHERE
        days.business_date >= :since
        AND days.business_date < :until
        AND days.units > 0
        AND (:marketplace = '' OR days.marketplace = :marketplace)
),
unexplained AS (
    SELECT
        sold.sku,
        sold.business_date,
        sold.units,
        sold.is_ours,
        CASE
            WHEN sold.currency = :currency THEN sold.sales_minor
            ELSE cast(floor(sold.sales_minor * rates.factor + 0.5) AS bigint)
        END AS sales_minor
    FROM sold
    -- A day without a picture says nothing, whatever run of days it lies in.
    INNER JOIN snapshot_days AS pictured ON pictured.business_date = sold.business_date
    INNER JOIN snapshot_days AS pictured_before
        ON cast(pictured_before.business_date + interval '1 day' AS date) = sold.business_date
    INNER JOIN empty AS before
        ON before.sku = sold.sku
        AND sold.business_date > before.from_date
        AND sold.business_date <= before.until_date
    LEFT JOIN receipts
        ON receipts.sku = sold.sku
        AND receipts.business_date = sold.business_date
        AND receipts.units > 0
    LEFT JOIN conversion_days AS rates
        ON rates.business_date = sold.business_date AND rates.currency = sold.currency
    WHERE receipts.sku IS NULL
)
SELECT
    sku,
    count(DISTINCT CASE WHEN is_ours THEN business_date END) AS own_day_count,
    sum(CASE WHEN is_ours THEN units ELSE 0 END) AS own_units,
    sum(CASE WHEN is_ours THEN sales_minor END) AS own_sales_minor,
    sum(CASE WHEN is_ours THEN 0 ELSE units END) AS other_units
FROM unexplained
GROUP BY sku
ORDER BY sku
