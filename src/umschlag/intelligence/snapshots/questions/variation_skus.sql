-- Answers: which SKU each variation id stood for; re-created articles have several ids.
-- Cost: two columns of the months' changes, and of the days that are not compacted yet.
select
    variation_id,
    max(sku) as sku
from article_spans
where variation_id is not null
group by variation_id
order by variation_id
