"""The proof: suites, runs, statistics, reports."""
