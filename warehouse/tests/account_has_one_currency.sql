-- severity: error
-- says: an account with two currencies, whose sums mean nothing
select platform, account_id, count(*) as rows, list(distinct currency) as currencies
from account group by all having count(*) > 1
