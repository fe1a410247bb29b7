-- What the brand's naming patterns read out of the names that reports gave, replaced whole after each load.
create table name_field (
    platform varchar not null, account_id varchar not null, kind varchar not null, entity_id varchar not null,
    field varchar not null, value varchar not null
);
