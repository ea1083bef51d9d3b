// Joins with its first work.
