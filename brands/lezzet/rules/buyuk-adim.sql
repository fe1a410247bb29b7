-- says: one change may not add more than 1,500 TRY a day
select format('{} {} adds {} {}', platform, key, spend_per_day::decimal(18, 2), currency) as message
from changes
where spend_per_day > 1500
