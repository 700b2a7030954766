-- Answers: on which day each SKU was first seen, and on which one last.
-- Cost: two columns of every day's file.
select
    sku,
    min(business_date) as first_seen_date,
    max(last_seen_date) as last_seen_date
from article_days
group by sku
order by sku
