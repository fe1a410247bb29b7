-- severity: error
-- says: a platform that dim_platform does not name, so the reports call it by our name for it
select platform, account_id from account anti join dim_platform using (platform)
