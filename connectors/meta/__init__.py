"""Meta through the unchanged facebook-business SDK, which speaks Graph v26.0."""
