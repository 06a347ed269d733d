"""From documents, packages and families to verified examples."""
