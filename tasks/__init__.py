"""Prefect tasks: one operation each, with its retries, tags and artifact."""
