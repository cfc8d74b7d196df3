//! Appends and connections.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{
    ApiKey,
    event::StatusEvent,
    event_log::{
        EventLog,
        open_error::OpenError,
        postgres::{
            PostgresLog,
            append::{BEGIN, STORED},
        },
        tests::{fixture::*, server::Database},
    },
};

#[tokio::test]
async fn an_append_completes_when_its_caller_gives_up() {
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
    // Within a transaction, it would show the same each time.
    let other = database.raw().await;
    while other.query_one(WAITING, &[]).await.unwrap().get::<_, i64>(0) == 0 {
        tokio::task::yield_now().await;
    }
    waiting.abort();
    assert!(waiting.await.unwrap_err().is_cancelled());
    held.commit().await.unwrap();
    Reader::default().follow(&*log, 10).await;
    assert_eq!(append(&*log, events(0..10)).await, (0, 10));
}

#[tokio::test]
async fn an_error_contains_no_personal_data_and_nothing_is_stored() {
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
async fn repeats_are_looked_up_by_the_index_also_by_a_plan_from_when_the_log_was_small() {
    let Some(database) = Database::new().await else { return };
    let log = database.log().await;
    add(&log, 1).await;
    append(&log, events(0..100)).await;
    let raw = database.raw().await;
    raw.batch_execute(&format!(
        "ANALYZE status_event; SET plan_cache_mode = force_generic_plan; PREPARE stored AS {STORED}; {BEGIN}"
    ))
    .await
    .unwrap();
    let explain = "EXPLAIN EXECUTE stored ('{1}', '{00000000-0000-0000-0000-000000000000}', '{1}')";
    let plan = format!("{:?}", raw.simple_query(explain).await.unwrap());
    assert!(plan.contains("Index Only Scan using status_event") && !plan.contains("Seq Scan"), "{plan}");
}

#[tokio::test]
async fn acknowledged_events_are_on_disk_whatever_the_setting() {
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
async fn an_error_about_connecting_contains_no_secrets() {
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
async fn an_error_about_a_password_says_how_to_encode_it() {
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
