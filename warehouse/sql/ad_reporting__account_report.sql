-- what: one row per account and day, from the account report itself: levels need not add up
-- depends: account_day, dim_account
select
    a.reported_as as platform, f.date_day, f.account_id, a.account_name,
    f.clicks, f.impressions, f.spend, f.conversions, f.conversions_value, f.currency, f.is_final
from account_day f
join dim_account a using (platform, account_id)
