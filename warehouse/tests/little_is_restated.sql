-- severity: warn
-- says: the latest load changed the spend of its window by over a tenth: is the attribution or the account another?
select platform, account_id, report, load_id, restated, rows, spend_micros_before, spend_micros_after
from load_log
where spend_micros_before > 0 and load_id in (select max(load_id) from load_log group by platform, account_id, report)
    and new + returned = 0 and abs(spend_micros_after - spend_micros_before) > 0.1 * spend_micros_before
