-- severity: warn
-- says: a day that was never loaded whole, though days before and after it were
with days as (
    select platform, account_id, report, max(today) as today,
        unnest(generate_series(min(since), max(until), interval 1 day))::date as date_day
    from load_log group by platform, account_id, report
)
select platform, account_id, report, date_day
from days d
where date_day < today and not exists (
    from load_log l
    where (l.platform, l.account_id, l.report) = (d.platform, d.account_id, d.report)
        and d.date_day between l.since and l.until and l.today > d.date_day
)
