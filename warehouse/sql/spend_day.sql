-- what: spend per campaign and day for ceilings and pacing: the campaign report where the account has one, else the sum of its ads
-- depends: campaign_day, ad_day, dim_campaign, dim_ad, dim_ad_group
-- publish: platform, account_id, campaign_id, date_day
with by_ad as (
    select d.platform, d.account_id, d.campaign_id, d.date_day, d.currency, sum(d.spend) as spend,
        bool_and(d.is_final) as is_final, max(coalesce(ad.path, ad_group.path)) as path
    from ad_day d
    left join dim_ad ad using (platform, account_id, ad_id)
    left join dim_ad_group ad_group using (platform, account_id, ad_group_id)
    where (d.platform, d.account_id) not in (select (platform, account_id) from campaign_day)
    group by all
), days as (
    select platform, account_id, campaign_id, date_day, currency, spend, is_final, null as path from campaign_day
    union all by name
    from by_ad
)
select d.platform, d.account_id, d.campaign_id, d.date_day, d.spend::decimal(38, 6) as spend, d.currency, d.is_final,
    nullif(split_part(coalesce(c.path, d.path), '/', 1), '') as campaign_key
from days d
left join dim_campaign c using (platform, account_id, campaign_id)
