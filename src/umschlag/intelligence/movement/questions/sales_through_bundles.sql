-- Answers: what sold of every SKU as a part of bundles, on which day, bundles one by one, returns
--   negative: units_per_bundle units of each part, and the revenue by the parts' share in what the
--   bundle costs, in equal shares where the cost of a part is unknown. A bundle is taken to be put
--   together as when that was last told before the period's end, be it long before the period;
--   parts that are bundles themselves are not taken apart. Plentymarkets' orders come with their
--   bundles taken apart already; these are the sales of bundles by other sources.
-- Parameters: :from_date, :until (excluded); :marketplace (empty: all); :sku, of the part (empty:
--   all).
-- Cost: the bundles' rows, and one pass over the sales of the period where there are bundles.
WITH newest AS (
    SELECT max(business_date) AS business_date FROM snapshot_days WHERE business_date < :until
),
told AS (
    SELECT sku, max(business_date) AS business_date
    FROM bundle_parts
    WHERE business_date < :until
    GROUP BY sku
),
costs AS (
    SELECT
        recipe.sku,
        recipe.part_sku,
        recipe.units_per_bundle,
        cast(recipe.units_per_bundle AS bigint) * part.unit_cost_minor AS cost_minor
    FROM bundle_parts AS recipe
    INNER JOIN told
        ON told.sku = recipe.sku AND told.business_date = recipe.business_date
    LEFT JOIN (
        SELECT spans.sku, spans.unit_cost_minor
        FROM article_spans AS spans
        INNER JOIN newest
            ON spans.from_date <= newest.business_date AND spans.until_date > newest.business_date
        WHERE spans.sku IN (SELECT part_sku FROM bundle_parts)
    ) AS part ON part.sku = recipe.part_sku
    WHERE recipe.units_per_bundle > 0
),
totals AS (
    SELECT
        sku,
        count(*) AS part_count,
        count(cost_minor) AS cost_count,
        sum(cost_minor) AS cost_minor
    FROM costs
    GROUP BY sku
),
parts AS (
    SELECT
        costs.sku,
        costs.part_sku,
        costs.units_per_bundle,
        CASE
            WHEN totals.cost_count = totals.part_count AND totals.cost_minor > 0
            THEN
                cast(costs.cost_minor AS double precision)
                / cast(totals.cost_minor AS double precision)
            ELSE cast(1 AS double precision) / cast(totals.part_count AS double precision)
        END AS share
    FROM costs
    INNER JOIN totals ON totals.sku = costs.sku
)
SELECT
    parts.part_sku AS sku,
    sales.business_date,
    sales.currency,
    sales.units * parts.units_per_bundle AS units,
    cast(sales.revenue_minor AS double precision) * parts.share AS revenue_minor
FROM sales
INNER JOIN parts ON parts.sku = sales.sku
WHERE
    sales.business_date >= :from_date
    AND sales.business_date < :until
    AND (:marketplace = '' OR sales.marketplace = :marketplace)
    AND (:sku = '' OR parts.part_sku = :sku)
