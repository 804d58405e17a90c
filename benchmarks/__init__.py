"""Costs as ratios against named peers, both measured in one run: ``python -m benchmarks``. Never a test."""
