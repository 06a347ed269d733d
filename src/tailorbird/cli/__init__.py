"""The command line; command bodies import what they need, nothing earlier."""
