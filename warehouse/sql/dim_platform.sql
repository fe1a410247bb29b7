-- what: our platform names and those of the ad_reporting tables, which follow dbt_ad_reporting
-- publish: platform
select * from (values ('meta', 'meta'), ('google', 'google_ads')) as names (platform, reported_as)
