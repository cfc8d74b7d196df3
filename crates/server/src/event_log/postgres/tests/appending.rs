//! What is appended.

use std::sync::Arc;

use group_dispatch_types::{AccountStatus, Source, StatusDetail, UserId, WhatsAppNumber};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{fixture::*, server::Database};
use crate::{
    ApiKey,
    error::StoreError,
    event::StatusEvent,
    event_log::{EventLog, ReadCursor, open_error::OpenError, postgres::PostgresLog},
    tenant::Removal,
};

#[tokio::test]
async fn every_member_comes_back() {
    let Some(database) = Database::new().await else { return };
    let log = database.log().await;
    add(&log, 1).await;
    let (first, last) = StatusEvent::TIMES.into_inner();
    let odd = StatusEvent {
        event_id: Some("\0\u{1A}0 '\\".into()),
        user_id: UserId::MAX,
        agent_account: "\0".into(),
        user_name: Some("张\u{1A}".into()),
        whatsapp: WhatsAppNumber::MAX,
        name: Some(String::new()),
        status: AccountStatus::Unknown(99),
        source: Source::Mobile,
        country_code: "哥伦比亚".into(),
        detail_status: StatusDetail::Unknown(-1),
        at: first,
    };
    let empty =
        StatusEvent { at: last, agent_account: String::new(), country_code: String::new(), name: None, ..event(7) };
    let batch = vec![odd, empty, event(8)];
    let logged = log.append(tenant(1), batch.clone()).await.unwrap();
    let mut reader = Reader::default();
    reader.read(&log).await;
    reader.events.sort_by_key(|logged| logged.seq);
    for ((stored, read), event) in logged.stored.iter().zip(&reader.events).zip(&batch) {
        assert!(stored.event == *event && read.event == *event && stored.seq == read.seq);
    }
    assert_eq!((logged.stored.len(), reader.events.len()), (3, 3));
    assert_eq!(append(&log, batch).await, (0, 3));
}

#[tokio::test]
async fn numbers_grow_in_a_batch_of_any_size_and_from_one_to_the_next() {
    let Some(database) = Database::new().await else { return };
    let log = database.log().await;
    add(&log, 1).await;
    let mut last = 0;
    for batch in [events(0..1), events(0..700), events(700..956), events(956..957), vec![]] {
        for logged in log.append(tenant(1), batch).await.unwrap().stored {
            assert!(logged.seq > last);
            last = logged.seq;
        }
    }
    assert_eq!(all(&log).await.len(), 957);
}

#[tokio::test]
async fn with_an_id_the_id_alone_tells_events_apart_wherever_they_lie() {
    let Some(database) = Database::new().await else { return };
    let log = database.log().await;
    add(&log, 1).await;
    let id = |at| StatusEvent { event_id: Some("x".into()), at, ..event(1) };
    assert_eq!(append(&log, vec![id(DAY), id(0)]).await, (1, 1));
    assert_eq!(append(&log, vec![id(i64::from(u32::MAX)), event(1)]).await, (1, 1));
}

#[tokio::test]
async fn what_is_refused_leaves_nothing_behind() {
    let Some(database) = Database::new().await else { return };
    let log = database.log().await;
    let refused = log.append(tenant(1), events(0..1)).await;
    assert!(matches!(refused, Err(StoreError::UnknownTenant(id)) if id == tenant(1)));
    add(&log, 1).await;
    let late = StatusEvent { at: i64::MAX, ..event(1) };
    assert!(matches!(log.append(tenant(1), vec![event(0), late]).await, Err(StoreError::TimeOutOfRange)));
    assert_eq!(all(&log).await, [0; 0]);
    assert_eq!(append(&log, events(0..1)).await, (1, 0));
}

#[tokio::test]
async fn an_append_that_nobody_waits_for_is_done_and_found() {
    let Some(database) = Database::new().await else { return };
    let log = Arc::new(database.log().await);
    add(&*log, 1).await;
    // Nothing can be appended before the tenant's row is free again.
    let mut raw = database.raw().await;
    let held = raw.transaction().await.unwrap();
    held.execute("SELECT FROM tenant FOR UPDATE", &[]).await.unwrap();
    let waiting = tokio::spawn({
        let log = Arc::clone(&log);
        async move { append(&*log, events(0..10)).await }
    });
    const WAITING: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
        AND wait_event_type = 'Lock'";
    while held.query_one(WAITING, &[]).await.unwrap().get::<_, i64>(0) == 0 {
        tokio::task::yield_now().await;
    }
    waiting.abort();
    assert!(waiting.await.unwrap_err().is_cancelled());
    held.commit().await.unwrap();
    Reader::default().follow(&*log, 10).await;
    assert_eq!(append(&*log, events(0..10)).await, (0, 10));
}

#[tokio::test]
async fn what_goes_wrong_is_told_without_personal_data_and_undone() {
    let Some(database) = Database::new().await else { return };
    let log = database.log().await;
    add(&log, 1).await;
    let raw = database.raw().await;
    for (broken, mended) in [
        ("ALTER TABLE status_event ADD CONSTRAINT odd CHECK (at < 0)", "ALTER TABLE status_event DROP CONSTRAINT odd"),
        ("CREATE UNIQUE INDEX odd ON status_event_elsewhen (tenant)", "DROP INDEX odd"),
        ("ALTER TABLE tally RENAME TO gone", "ALTER TABLE gone RENAME TO tally"),
    ] {
        raw.batch_execute(broken).await.unwrap();
        let old = |number| StatusEvent { at: 0, ..event(number) };
        let error = log.append(tenant(1), vec![old(1), old(2)]).await.map(drop).unwrap_err();
        let text = format!("{error} {error:?} {:?}", std::error::Error::source(&error));
        assert!(text.contains("PostgreSQL says"), "{text}");
        for personal in ["573125704139", "jack", "agent,"] {
            assert!(!text.contains(personal), "{text}");
        }
        raw.batch_execute(mended).await.unwrap();
        assert_eq!(all(&log).await, [0; 0]);
    }
    assert_eq!(append(&log, events(1..2)).await, (1, 0));
}

#[tokio::test]
async fn what_is_acknowledged_is_on_disk_whatever_the_database_is_set_to() {
    let Some(database) = Database::new().await else { return };
    drop(database.log().await);
    let raw = database.raw().await;
    raw.batch_execute(
        "CREATE TABLE seen (setting text);
        CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS
        $$BEGIN INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END$$;
        CREATE TRIGGER look AFTER INSERT ON tally EXECUTE FUNCTION look()",
    )
    .await
    .unwrap();
    let name: String = raw.query_one("SELECT current_database()::text", &[]).await.unwrap().get(0);
    for (number, (set, expected)) in (0..).zip([
        ("off", "on"),
        ("local", "on"),
        ("remote_write", "on"),
        ("on", "on"),
        ("remote_apply", "remote_apply"),
    ]) {
        raw.batch_execute(&format!("DELETE FROM seen; ALTER DATABASE {name} SET synchronous_commit TO {set}"))
            .await
            .unwrap();
        let log = database.log().await;
        log.add_tenant(tenant(1), ApiKey::new("key")).await.unwrap();
        append(&log, vec![event(number)]).await;
        let seen: String = raw.query_one("SELECT setting FROM seen", &[]).await.unwrap().get(0);
        assert_eq!(seen, expected, "{set}");
    }
}

#[tokio::test]
async fn a_tenant_that_comes_back_knows_nothing_of_what_was() {
    let Some(database) = Database::new().await else { return };
    let log = database.log().await;
    assert_eq!(log.remove_tenant(tenant(1), true).await.unwrap(), Removal::Unknown);
    add(&log, 1).await;
    append(&log, events(0..3)).await;
    assert_eq!(log.remove_tenant(tenant(1), false).await.unwrap(), Removal::Refused { events: 3 });
    assert_eq!(log.remove_tenant(tenant(1), true).await.unwrap(), Removal::Removed { events: 3 });
    assert_eq!(log.tenants().await.unwrap(), []);
    add(&log, 1).await;
    assert_eq!(append(&log, events(0..3)).await, (3, 0));
    while log.apply_retention(None).await.unwrap().more {}
    assert_eq!(all(&log).await.len(), 3);
    assert_eq!(append(&log, events(0..4)).await, (1, 3));
}

#[tokio::test]
async fn a_closed_log_fails() {
    let Some(database) = Database::new().await else { return };
    let log = Arc::new(database.log().await);
    add(&*log, 1).await;
    let closing = Arc::clone(&log);
    let (appended, closed) = tokio::join!(append(&*log, events(0..10)), async move {
        tokio::task::yield_now().await;
        closing.close().await
    });
    assert_eq!(appended, (10, 0), "what was asked before is done");
    closed.unwrap();
    assert!(matches!(log.append(tenant(1), vec![]).await, Err(StoreError::Closed)));
    assert!(matches!(log.read(ReadCursor::default(), 1).await, Err(StoreError::Closed)));
    assert!(matches!(log.changed().await, Err(StoreError::Closed)));
    assert!(matches!(log.tenants().await, Err(StoreError::Closed)));
    assert!(matches!(log.ready().await, Err(StoreError::Closed)));
    assert!(matches!(log.latest_snapshot().await, Err(StoreError::Closed)));
    assert!(matches!(log.begin_snapshot(ReadCursor::default()).await, Err(StoreError::Closed)));
    assert!(matches!(log.apply_retention(None).await, Err(StoreError::Closed)));
    assert!(matches!(log.close().await, Err(StoreError::Closed)));
}

#[tokio::test]
async fn what_can_t_be_opened_says_why_without_secrets() {
    let Some(database) = Database::new().await else { return };
    drop(database.log().await);
    // Bound, and not listening: connections are refused, and nobody else gets the port.
    let nobody = tokio::net::TcpSocket::new_v4().unwrap();
    nobody.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let raw = database.raw().await;
    raw.batch_execute("INSERT INTO migration (version) VALUES (1000)").await.unwrap();
    assert!(matches!(PostgresLog::connect(&database.url).await, Err(OpenError::Newer)));
    for (url, expected) in [
        ("mysql://user:hidden@host/name", "expected postgres://"),
        ("postgres://user:hid@den@127.0.0.1/hidden", "more than one @"),
        ("postgres://user:hidden@NOBODY/name", "the database failed"),
    ] {
        let url = url.replace("NOBODY", &nobody.local_addr().unwrap().to_string());
        let Err(error) = PostgresLog::connect(&url).await else { panic!("there is nothing at {url}") };
        let text = format!("{error} {error:?}");
        assert!(text.starts_with(expected) && !text.contains("hidden"), "{text}");
    }
}

/// What a database answers that does not take the password.
#[tokio::test]
async fn a_refused_password_says_how_to_write_it() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://user:50%25hidden@{}/name", listener.local_addr().unwrap());
    let refusing = tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        connection.read_u32().await.unwrap();
        let fields = b"SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed for user \"user\"\0\0";
        connection.write_u8(b'E').await.unwrap();
        connection.write_u32(u32::try_from(fields.len() + 4).unwrap()).await.unwrap();
        connection.write_all(fields).await.unwrap();
    });
    let Err(error) = PostgresLog::connect(&url).await else { panic!("it was refused") };
    let text = error.to_string();
    assert!(text.starts_with("the database refuses the user or the password") && text.contains("% as %25"), "{text}");
    assert!(!text.contains("hidden"), "{text}");
    refusing.await.unwrap();
}
