"""The pure core: immutable values in, immutable values out; no SDK, database, network, clock or chance."""
