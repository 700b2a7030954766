-- Answers: one SKU's state at the close of every day it was in the ERP.
-- Parameters: sku (text), since (date), until (date, excluded).
-- Cost: the months' changes, of each only the part that holds the SKU, and the days not compacted.
select
    days.business_date,
    spans.variation_id,
    spans.is_active,
    spans.on_hand_units,
    spans.reserved_units,
    spans.on_order_units,
    spans.other_on_hand_units,
    spans.unit_cost_minor,
    spans.sales_price_minor,
    spans.currency,
    spans.is_reconstructed
from article_spans as spans
inner join snapshot_days as days
    on days.business_date >= spans.from_date and days.business_date < spans.until_date
where
    spans.sku = :sku
    and spans.from_date < :until
    and spans.until_date > :since
    and spans.last_seen_date is null
    and days.business_date >= :since
    and days.business_date < :until
order by days.business_date
