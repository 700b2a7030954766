"""What sheet, panel and ungating software told, kept in the records.

Every function here writes inside the caller's transaction: the caller opens one for a whole sync.
"""
