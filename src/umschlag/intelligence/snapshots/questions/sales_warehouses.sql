-- Answers: the warehouses that sell, by number, as the newest day with stock in them names them.
-- Parameters: none.
-- Cost: three columns of one day's file.
-- Units: newest
select warehouse_id, max(warehouse_name) as name
from warehouse_days
where is_sales
group by warehouse_id
order by warehouse_id
