"""From data to inputs: fits with their uncertainty, written as a scenario file."""
