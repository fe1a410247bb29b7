"""The durable ledger: what we intended, what came back, who approved, whose turn it is."""
