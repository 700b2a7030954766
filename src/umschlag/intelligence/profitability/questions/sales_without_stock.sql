-- Answers: which SKUs Sellerboard sold on days on which none of our warehouses had any: neither as
--   the day began nor at its close, and none was received on it. Sales that the merchant ships
--   himself (FBM) stand apart from those that Amazon ships, whose stock is not in the ERP: of them
--   nothing can be concluded. Bundles have no stock of their own and are left out, as are days of
--   which no picture shows how they began or ended. Sales are minor units of :currency.
-- Parameters: :sold_since, :sold_until (excluded): the days of the sales; :since, :until
--   (excluded): the same days with one more on both sides; :nights_from, :nights_through: the first
--   and the last day whose picture was taken in its night, and so shows how it began; before and
--   after them a picture shows its day's close. :currency, :marketplace (empty: all).
-- Cost: seven columns of the period's Sellerboard rows, the months' changes of SKUs without stock.
WITH empty AS (
    SELECT sku, from_date, until_date, coalesce(is_reconstructed, FALSE) AS is_reconstructed
    FROM article_spans
    WHERE
        from_date < :until
        AND until_date > :since
        AND last_seen_date IS NULL
        AND on_hand_units <= 0
        AND coalesce(other_on_hand_units, 0) <= 0
        AND NOT coalesce(is_bundle, FALSE)
),
days AS (
    SELECT
        sku,
        business_date,
        currency,
        units,
        sales_minor,
        coalesce(fulfilment_channel = 'FBM', FALSE) AS is_ours,
        business_date >= :nights_from AND business_date < :nights_through AS is_of_nights,
        cast(business_date - interval '1 day' AS date) AS date_before,
        cast(business_date + interval '1 day' AS date) AS date_after
    FROM sellerboard_days
    WHERE
        business_date >= :sold_since
        AND business_date < :sold_until
        AND units > 0
        AND (:marketplace = '' OR marketplace = :marketplace)
),
sold AS (
    SELECT
        *,
        CASE WHEN is_of_nights THEN business_date ELSE date_before END AS opening_date,
        CASE WHEN is_of_nights THEN date_after ELSE business_date END AS closing_date
    FROM days
    -- Where the hour of the pictures changed, none shows how the day began.
    WHERE is_of_nights OR business_date < :nights_from OR date_before > :nights_through
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
    INNER JOIN empty AS opening
        ON opening.sku = sold.sku
        AND sold.opening_date >= opening.from_date
        AND sold.opening_date < opening.until_date
    INNER JOIN empty AS closing
        ON closing.sku = sold.sku
        AND sold.closing_date >= closing.from_date
        AND sold.closing_date < closing.until_date
    -- A day without a picture says nothing, whatever run of days it lies in.
    INNER JOIN snapshot_days AS pictured ON pictured.business_date = sold.opening_date
    INNER JOIN snapshot_days AS pictured_after ON pictured_after.business_date = sold.closing_date
    LEFT JOIN receipts
        ON receipts.sku = sold.sku
        AND receipts.business_date = sold.business_date
        AND receipts.units > 0
    LEFT JOIN conversion_days AS rates
        ON rates.business_date = sold.business_date AND rates.currency = sold.currency
    WHERE
        receipts.sku IS NULL
        -- A night that was missed and rebuilt shows its day's close.
        AND NOT (sold.is_of_nights AND (opening.is_reconstructed OR closing.is_reconstructed))
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
