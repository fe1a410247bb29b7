-- severity: warn
-- says: ads add up to over a hundredth less or more than the account's own report: are there ads the platform no longer lists?
select platform, account_id, date_day, a.spend as account_spend, coalesce(sum(d.spend), 0) as ad_spend
from account_day a
left join ad_day d using (platform, account_id, date_day)
where a.gone_at is null and (platform, account_id) in (select (platform, account_id) from ad_day)
group by all
having abs(coalesce(sum(d.spend), 0) - a.spend) > greatest(0.01 * a.spend, 0.01 * count(*))
