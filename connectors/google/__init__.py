"""Google Ads through the unchanged google-ads SDK, API v26."""
