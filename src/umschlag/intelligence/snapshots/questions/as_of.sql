-- Answers: every SKU's state at the close of the newest business date not after the given one.
-- Parameters: as_of (date).
-- Cost: one day's file.
-- Units: as_of
select *, last_seen_date < business_date as is_vanished
from article_days
where business_date <= :as_of
order by sku
