-- Answers: the units on hand of every SKU at the newest snapshot not after a day, and the units
--   nobody has a claim on.
-- Parameters: :as_of.
-- Units: as_of.
-- Cost: four columns of one day.
SELECT sku, business_date, on_hand_units, on_hand_units - coalesce(reserved_units, 0) AS available_units
FROM article_days
WHERE
    business_date = (SELECT max(business_date) FROM article_days WHERE business_date <= :as_of)
    AND on_hand_units IS NOT NULL
    AND last_seen_date = business_date
ORDER BY sku
