"""The parent of a verification: plan, workers, results."""
