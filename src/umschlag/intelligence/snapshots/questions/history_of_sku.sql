-- Answers: one SKU's state at the close of every day it was in the ERP.
-- Parameters: sku (text), since (date), until (date, excluded).
-- Cost: the files of those days, of each only the part that holds the SKU.
select
    business_date,
    variation_id,
    is_active,
    on_hand_units,
    reserved_units,
    on_order_units,
    other_on_hand_units,
    unit_cost_minor,
    sales_price_minor,
    currency,
    is_reconstructed
from article_days
where
    sku = :sku
    and business_date >= :since
    and business_date < :until
    and last_seen_date = business_date
order by business_date
