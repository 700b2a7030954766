-- Answers: every SKU's newest state; vanished ones are marked by is_vanished and keep their last.
--   The rows come in no promised order: sorting them would take as long as reading them.
-- Cost: one day's file, however long the history is, since vanished SKUs are carried along.
-- Units: newest
select *, last_seen_date < business_date as is_vanished
from article_days
