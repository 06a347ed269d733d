"""Programs over sensors, signals, protocols and energy."""
