"""The command: thin; whatever is heavy is imported where it is needed."""
