-- severity: warn
-- says: an account not loaded for over 36 hours
select platform, account_id, max(loaded_at) as loaded_at
from load_log group by all
having max(loaded_at) < getvariable('now')::timestamp - interval 36 hours
