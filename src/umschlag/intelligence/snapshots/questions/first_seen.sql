-- Answers: on which day each SKU was first seen, and on which one last.
-- Cost: some columns of the months' changes, and of the days that are not compacted yet.
select
    sku,
    min(coalesce(last_seen_date, from_date)) as first_seen_date,
    -- A run's last snapshot is always the day before its end.
    max(coalesce(last_seen_date, cast(until_date - interval '1 day' as date))) as last_seen_date
from article_spans
group by sku
order by sku
