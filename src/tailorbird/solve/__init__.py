"""From a request to an attempt."""
