-- severity: error
-- says: a day after the account's own day of the load that wrote it
select f.platform, f.account_id, f.date_day, l.today
from (select platform, account_id, date_day, load_id from ad_day union all
    select platform, account_id, date_day, load_id from campaign_day union all
    select platform, account_id, date_day, load_id from account_day) f
join load_log l using (load_id)
where f.date_day > l.today
