"""Random histories of a market: whatever people, providers, workers and the clock do, the books add up after every step."""
