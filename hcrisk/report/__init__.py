"""A result as people read it: the one-page quote, its JSON, and the assumptions register."""
