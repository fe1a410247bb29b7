"""Performance in DuckDB: landed raw, merged window by window, modelled in SQL, published to be read."""
