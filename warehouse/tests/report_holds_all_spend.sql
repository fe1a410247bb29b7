-- severity: error
-- says: the report and its fact hold different rows or money
select f.rows as fact_rows, r.rows as report_rows, f.spend as fact_spend, r.spend as report_spend
from (select count(*) as rows, coalesce(sum(spend), 0) as spend from ad_day) f,
    (select count(*) as rows, coalesce(sum(spend), 0) as spend from ad_reporting__ad_report) r
where f.rows <> r.rows or f.spend <> r.spend
