"""Where actions happen: simulated home, sandbox, protocols."""
