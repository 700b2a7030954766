-- Answers: what one SKU earned from :since up to, but without, :until, summed over marketplaces:
--   one row a currency, none where Sellerboard told nothing. Costs are negative; the parts add up
--   to the net profit.
-- Parameters: :sku, :since, :until (excluded).
-- Cost: the SKU's rows of the months asked for; files are sorted by SKU.
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
FROM sellerboard_days
WHERE sku = :sku AND business_date >= :since AND business_date < :until
GROUP BY currency
ORDER BY currency
