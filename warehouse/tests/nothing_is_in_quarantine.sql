-- severity: warn
-- says: rows that could not be read: their money is missing from the facts
select platform, account_id, report, day, file, reason from quarantine where reason <> 'row repeated'
