-- severity: error
-- says: a platform object has two YAML keys, so the reports would count it twice
select platform, account_id, kind, entity_id, count(*) as keys from object_key group by all having count(*) > 1
