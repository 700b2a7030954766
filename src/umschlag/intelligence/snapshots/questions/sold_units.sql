-- Answers: units sold by SKU in a period, returns netted; SKUs without a sale are absent.
-- Parameters: since (date), until (date, excluded).
-- Cost: three columns of the sales of the period's months.
select sku, cast(sum(units) as bigint) as units
from sales
where business_date >= :since and business_date < :until
group by sku
order by sku
