-- Answers: up to which business date stock and sales are known.
-- Parameters: none.
-- Cost: the statistics of the files' date columns.
SELECT
    (SELECT max(business_date) FROM article_days) AS stock_date,
    (SELECT max(business_date) FROM sales) AS sales_date
