"""What is taught: data, and families of verifiable tasks."""
