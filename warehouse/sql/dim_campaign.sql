-- what: every campaign any report named, with its YAML path where it is ours
-- publish: platform, account_id, campaign_id
select e.platform, e.account_id, e.entity_id as campaign_id, e.name as campaign_name, e.first_day, e.last_day, o.key as path
from entity e
left join object_key o
    on o.platform = e.platform and o.account_id = e.account_id and o.kind = e.kind and o.entity_id = e.entity_id
where e.kind = 'campaign'
