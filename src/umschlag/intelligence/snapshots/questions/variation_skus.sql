-- Answers: which SKU each variation id stood for; re-created articles have several ids.
-- Cost: two columns of every day's file.
select
    variation_id,
    max(sku) as sku
from article_days
where variation_id is not null
group by variation_id
order by variation_id
