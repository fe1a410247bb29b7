-- severity: warn
-- says: more clicks than impressions
select platform, account_id, ad_id, date_day, clicks, impressions from ad_day where clicks > impressions
