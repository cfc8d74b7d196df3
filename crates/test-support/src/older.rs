//! SQL that makes a database of this version one of an older version, by undoing migrations. A new migration is undone here.

/// Makes a SQLite file one of the version before the order of feeds was recorded.
pub const SQLITE_BEFORE_FEED_ORDER: &str = "
    DROP TABLE delivery;
    DROP TABLE webhook;
    DROP TABLE stream_step;
    DROP TABLE callback;
    DROP TABLE segment_order;
    DROP INDEX segment_times;
    DROP TABLE look;
    DROP TABLE gap;
    ALTER TABLE log DROP COLUMN looks_version;
    ALTER TABLE tenant DROP COLUMN has_logged;
    ALTER TABLE segment DROP COLUMN latest;
    ALTER TABLE status_event DROP COLUMN ordinal;
    ALTER TABLE status_event DROP COLUMN not_before;
    DROP TABLE strike;
    ALTER TABLE tenant ADD COLUMN api_key TEXT NOT NULL DEFAULT '';
    UPDATE tenant SET api_key = (SELECT api_key FROM tenant_key WHERE tenant = number);
    DROP TABLE tenant_key;
    CREATE TRIGGER key_replaced AFTER UPDATE OF api_key ON tenant
    BEGIN UPDATE log SET tenants_version = tenants_version + 1; END;
    ALTER TABLE tenant DROP COLUMN feed_order_seq;
    ALTER TABLE saved_part DROP COLUMN tenant;
    PRAGMA user_version = 2";

/// Makes a PostgreSQL schema one of the version before the order of feeds was recorded.
pub const POSTGRES_BEFORE_FEED_ORDER: &str = "
    DROP TABLE delivery, webhook, stream_step, callback, look, look_version, gap;
    ALTER TABLE status_event DROP COLUMN ordinal;
    ALTER TABLE status_event DROP COLUMN not_before;
    DROP TABLE strike;
    ALTER TABLE tenant ADD COLUMN api_key text NOT NULL DEFAULT '';
    UPDATE tenant SET api_key = (SELECT tenant_key.api_key FROM tenant_key WHERE tenant = number);
    DROP TABLE tenant_key;
    ALTER TABLE tenant DROP COLUMN feed_order_seq;
    ALTER TABLE saved_part DROP COLUMN tenant;
    DELETE FROM migration WHERE version >= 2";
