"""Nouns and contracts: the ground floor, standard library and pydantic only."""
