-- what: ad accounts; a day of an account is a day of its time_zone, its money is in its currency
-- depends: dim_platform
-- publish: platform, account_id
select platform, coalesce(reported_as, platform) as reported_as, account_id, name as account_name, currency, time_zone
from account left join dim_platform using (platform)
