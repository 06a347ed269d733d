"""Calls on things in a home: words, demo home, suites."""
