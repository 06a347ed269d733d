"""Families of verifiable IoT tasks, one module each."""
