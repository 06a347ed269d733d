"""Text under a constraint: engines that continue a conversation."""
