-- Answers: the marketplaces that sales name.
-- Parameters: none.
-- Cost: one column of the sales.
SELECT DISTINCT marketplace
FROM sales
WHERE marketplace <> ''
ORDER BY marketplace
