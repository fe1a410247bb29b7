-- The warehouse proper. No primary keys on facts: an index made restating 15-30 times dearer and the file 80 % bigger
-- (docs/warehouse.md); uniqueness is the de-duplicated stage's business and a data test's.
-- TIMESTAMP columns are UTC. A day is a day of the account's own time zone. spend_micros is in account currency.
create table account (
    platform varchar not null, account_id varchar not null, name varchar not null,
    currency varchar not null, time_zone varchar not null
);
create table entity (
    platform varchar not null, account_id varchar not null, kind varchar not null, entity_id varchar not null,
    name varchar, first_day date not null, last_day date not null
);
create table object_key (
    platform varchar not null, account_id varchar not null, kind varchar not null, entity_id varchar not null,
    key varchar not null
);
create table fact_account_day (
    platform varchar not null, account_id varchar not null, day date not null,
    impressions bigint not null, clicks bigint not null, spend_micros bigint not null,
    conversions double not null, conversions_value double not null,
    attribution varchar not null, is_final boolean not null, gone_at timestamp, load_id bigint not null
);
create table fact_campaign_day (
    platform varchar not null, account_id varchar not null, campaign_id varchar not null, day date not null,
    impressions bigint not null, clicks bigint not null, spend_micros bigint not null,
    conversions double not null, conversions_value double not null,
    attribution varchar not null, is_final boolean not null, gone_at timestamp, load_id bigint not null
);
create table fact_ad_group_day (
    platform varchar not null, account_id varchar not null, campaign_id varchar not null,
    ad_group_id varchar not null, day date not null,
    impressions bigint not null, clicks bigint not null, spend_micros bigint not null,
    conversions double not null, conversions_value double not null,
    attribution varchar not null, is_final boolean not null, gone_at timestamp, load_id bigint not null
);
create table fact_ad_day (
    platform varchar not null, account_id varchar not null, campaign_id varchar not null,
    ad_group_id varchar not null, ad_id varchar not null, day date not null,
    impressions bigint not null, clicks bigint not null, spend_micros bigint not null,
    conversions double not null, conversions_value double not null,
    attribution varchar not null, is_final boolean not null, gone_at timestamp, load_id bigint not null
);
-- What a row said before a load changed it; the earliest entry of a key is what was first reported.
create table restatement (
    load_id bigint not null, what varchar not null, level varchar not null,
    platform varchar not null, account_id varchar not null,
    campaign_id varchar, ad_group_id varchar, ad_id varchar, day date not null,
    impressions bigint not null, clicks bigint not null, spend_micros bigint not null,
    conversions double not null, conversions_value double not null
);
create table load_log (
    load_id bigint not null, run varchar not null, platform varchar not null, account_id varchar not null,
    report varchar not null, level varchar not null, since date not null, until date not null, today date not null,
    window_days integer not null, attribution varchar not null, api_version varchar not null,
    loaded_at timestamp not null, rows bigint not null, new bigint not null, restated bigint not null,
    vanished bigint not null, returned bigint not null, quarantined bigint not null,
    spend_micros_before bigint not null, spend_micros_after bigint not null
);
create table quarantine (
    load_id bigint not null, platform varchar not null, account_id varchar not null, report varchar not null,
    day date, file varchar not null, reason varchar not null, raw varchar
);
create table schema_drift (
    platform varchar not null, account_id varchar not null, report varchar not null, key varchar not null,
    first_load_id bigint not null, last_load_id bigint not null
);
