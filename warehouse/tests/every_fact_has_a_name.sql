-- severity: error
-- says: an id of a fact has no row in its dimension, so the reports would leave its money out
select 'ad' as kind, platform, account_id, ad_id as id from ad_day anti join dim_ad using (platform, account_id, ad_id)
union all
select 'ad_group', platform, account_id, ad_group_id from ad_day anti join dim_ad_group using (platform, account_id, ad_group_id)
union all
select 'campaign', platform, account_id, campaign_id from ad_day anti join dim_campaign using (platform, account_id, campaign_id)
union all
select 'campaign', platform, account_id, campaign_id
from campaign_day anti join dim_campaign using (platform, account_id, campaign_id)
union all
select 'account', platform, account_id, account_id from ad_day anti join dim_account using (platform, account_id)
union all
select 'account', platform, account_id, account_id from account_day anti join dim_account using (platform, account_id)
