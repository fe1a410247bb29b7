-- severity: warn
-- says: columns the platform sent in its latest load that no report specification names
select d.platform, d.account_id, d.report, d.key from schema_drift d
where d.last_load_id in (select max(load_id) from load_log group by platform, account_id, report)
