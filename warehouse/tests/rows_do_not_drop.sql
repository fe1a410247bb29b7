-- severity: warn
-- says: the latest load had less than half the rows of the one before over as many days
with loads as (
    select *, lag(rows) over report_loads as rows_before, lag(until - since) over report_loads as days_before,
        row_number() over (partition by platform, account_id, report order by load_id desc) as age
    from load_log window report_loads as (partition by platform, account_id, report order by load_id)
)
select platform, account_id, report, load_id, rows, rows_before
from loads where age = 1 and rows < 0.5 * rows_before and until - since >= days_before
