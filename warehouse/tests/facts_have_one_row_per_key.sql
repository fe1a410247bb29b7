-- severity: error
-- says: a key occurs twice in a fact, so its money would be counted twice
select 'account' as level, platform, account_id, account_id as id, date_day, count(*) as rows
from account_day group by all having count(*) > 1
union all
select 'campaign', platform, account_id, campaign_id, date_day, count(*) from campaign_day group by all having count(*) > 1
union all
select 'ad_group', platform, account_id, campaign_id || '/' || ad_group_id, date_day, count(*)
from ad_group_day group by all having count(*) > 1
union all
select 'ad', platform, account_id, campaign_id || '/' || ad_group_id || '/' || ad_id, date_day, count(*)
from ad_day group by all having count(*) > 1
