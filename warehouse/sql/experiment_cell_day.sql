-- what: what an experiment's cells delivered, by ad set of ours, platform (our name) and day
-- depends: ad_reporting__ad_report, dim_platform
-- publish: campaign_key, ad_set_key, platform, date_day
select r.campaign_key, r.ad_set_key, coalesce(p.platform, r.platform) as platform, r.date_day,
    sum(r.spend)::decimal(38, 6) as spend, sum(r.impressions)::bigint as impressions, sum(r.clicks)::bigint as clicks,
    sum(r.conversions) as conversions, sum(r.conversions_value) as value, bool_and(r.is_final) as is_final, r.currency
from ad_reporting__ad_report r
left join dim_platform p on p.reported_as = r.platform
where r.campaign_key is not null and r.ad_set_key is not null
group by all
