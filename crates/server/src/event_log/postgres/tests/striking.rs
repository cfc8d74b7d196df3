//! Striking in a large log.

use crate::{
    event::StatusEvent,
    event_log::{
        EventLog,
        strike::{EventFilter, Strike},
        tests::{fixture::*, server::Database},
    },
};

/// The log is read to the end if the filter has no time. Other statements have 15 seconds.
#[tokio::test]
async fn a_strike_has_the_time_to_read_a_large_log() {
    let Some(database) = Database::new().await else { return };
    let log = database.log().await;
    add(&log, 1).await;
    append(&log, vec![StatusEvent { event_id: Some("wrong".into()), ..event(1) }]).await;
    let raw = database.raw().await;
    let sql = "
        CREATE TABLE used (statement_timeout interval);
        CREATE FUNCTION use() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO group_dispatch.used VALUES (current_setting('statement_timeout')::interval);
            RETURN NEW;
        END $$;
        CREATE TRIGGER used BEFORE INSERT ON strike FOR EACH ROW EXECUTE FUNCTION use()";
    raw.batch_execute(sql).await.unwrap();
    let filter = EventFilter {
        event_id: Some("wrong".into()),
        user_id: None,
        whatsapp: None,
        source: None,
        times: StatusEvent::TIMES.start().to_owned()..i64::MAX,
    };
    assert!(matches!(log.strike(tenant(1), filter, false).await.unwrap(), Strike::Struck(_)));
    let used = "SELECT statement_timeout >= '10 minutes' FROM used";
    assert!(raw.query_one(used, &[]).await.unwrap().get::<_, bool>(0));
}
