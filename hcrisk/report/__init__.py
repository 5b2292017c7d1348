"""A result as people read it: the quote, the report for a board, the assumptions register."""

# Fewer futures hold no bad one to speak of in a report.
FEWEST_PATHS = 100
