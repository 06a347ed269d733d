"""tailorbird tailors small, locally run language models to a domain of programs."""
