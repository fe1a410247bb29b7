-- what: the latest load of every report of every account; loaded_at is UTC
-- publish: platform, account_id, level
select platform, account_id, report, level, max(until) as until, max(loaded_at) as loaded_at, max(load_id) as load_id
from load_log group by all
