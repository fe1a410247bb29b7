-- severity: error
-- says: spend, impressions or clicks below zero
select 'ad' as level, platform, account_id, ad_id as id, date_day, spend, impressions, clicks
from ad_day where spend < 0 or impressions < 0 or clicks < 0
union all
select 'campaign', platform, account_id, campaign_id, date_day, spend, impressions, clicks
from campaign_day where spend < 0 or impressions < 0 or clicks < 0
union all
select 'account', platform, account_id, account_id, date_day, spend, impressions, clicks
from account_day where spend < 0 or impressions < 0 or clicks < 0
