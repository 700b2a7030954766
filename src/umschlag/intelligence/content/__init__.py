"""Product texts and translations: facts, draft, checks, approval."""
