"""Benchmarks of the gateway beside raw nginx: the rows of the performance budget."""
