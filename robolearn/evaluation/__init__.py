"""Episodes to success rates with intervals, videos, benchmarks and a report."""
