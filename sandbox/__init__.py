"""Stand-in platforms on loopback, Meta's Graph API and Google Ads, sharing a clock, a market and a ledger."""
