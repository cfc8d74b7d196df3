//! PgBouncer before the database. Without it on this machine, the tests are skipped.

use std::{
    fs,
    path::Path,
    process::{Child, Stdio},
};

use test_support::skip;

use crate::event_log::{
    EventLog,
    open_error::OpenError,
    postgres::PostgresLog,
    tests::{
        fixture::*,
        server::{Database, Server},
    },
};

/// The port of its socket.
const PORT: u16 = 6432;

struct Bouncer(Child);

impl Drop for Bouncer {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

impl Bouncer {
    /// Starts one in the directory of a server. Its socket is beside the server's.
    fn new(server: &Server, mode: &str, more: &str) -> Option<Self> {
        let program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer"];
        let Some(program) = program.iter().map(Path::new).find(|path| path.is_file()) else {
            skip("there is no PgBouncer on this machine");
            return None;
        };
        let directory = server.directory();
        let settings = directory.join("pgbouncer.ini");
        let here = directory.display();
        fs::write(
            &settings,
            format!(
                "[databases]\n* = host={here} port={} user=postgres\n[pgbouncer]\nlisten_port = {PORT}\nauth_type = any\n\
                 unix_socket_dir = {here}\npool_mode = {mode}\nmax_client_conn = 200\n{more}",
                server.port()
            ),
        )
        .unwrap();
        let mut command = server.command(program);
        let started = command.arg("--quiet").arg(&settings).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let socket = directory.join(format!(".s.PGSQL.{PORT}"));
        while !socket.exists() {
            std::thread::yield_now();
        }
        Some(Self(started.unwrap()))
    }
}

async fn through(server: &Server, mode: &str, more: &str) -> Option<(Bouncer, Database, String)> {
    let bouncer = Bouncer::new(server, mode, more)?;
    let database = server.database().await;
    let address = database.at(&format!("{}:{PORT}", server.host()), "");
    Some((bouncer, database, address))
}

#[tokio::test]
async fn a_pooler_that_does_not_keep_sessions_is_refused_and_its_sessions_stay_as_they_are() {
    for mode in ["transaction", "statement"] {
        let Some(server) = Server::new(false) else { return };
        let Some((_bouncer, database, address)) = through(&server, mode, "").await else { return };
        // Other programs use it, and leave several of its connections idle.
        let busy =
            futures_util::future::join_all((0..4).map(|_| tokio_postgres::connect(&address, tokio_postgres::NoTls)));
        for opened in busy.await {
            let (client, connection) = opened.unwrap();
            tokio::spawn(connection);
            client.simple_query("SELECT 1").await.unwrap();
        }
        for _ in 0..3 {
            let error = PostgresLog::connect(&address).await.err().unwrap();
            assert!(matches!(error, OpenError::TransactionPooler), "{error}");
            assert!(error.to_string().contains("pool_mode=session"));
            let error = PostgresLog::inspect_order(&address).await.unwrap_err();
            assert!(matches!(error, OpenError::TransactionPooler), "{error}");
        }
        let (client, connection) = tokio_postgres::connect(&address, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        let state =
            "SELECT current_setting('search_path') || current_setting('jit') || current_setting('synchronous_commit')";
        let state = format!("{:?}", client.simple_query(state).await.unwrap());
        assert!(state.contains("\"$user\\\\\", publiconon") || state.contains("publiconon"), "{state}");
        let schemas = "SELECT count(*) FROM pg_namespace WHERE nspname = 'group_dispatch'";
        assert_eq!(
            database.raw().await.query_one(schemas, &[]).await.unwrap().get::<_, i64>(0),
            0,
            "nothing is created"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_that_keeps_sessions_is_as_good_as_none() {
    let Some(server) = Server::new(false) else { return };
    let Some((_bouncer, database, address)) = through(&server, "session", "").await else { return };
    let (log, other) = (PostgresLog::connect(&address).await.unwrap(), database.log().await);
    add(&log, 1).await;
    assert_eq!(append(&log, events(0..10)).await, (10, 0));
    assert_eq!(append(&other, events(5..20)).await, (10, 5));
    let mut reader = Reader::default();
    reader.follow(&log, 20).await;
    log.close().await.unwrap();
}

/// Two connections that are asked in turn get the two sessions in turn, as if each had its own.
#[tokio::test]
async fn a_pooler_that_gives_its_sessions_in_turn_is_refused() {
    let Some(server) = Server::new(false) else { return };
    let settings = "server_round_robin = 1\ndefault_pool_size = 2\n";
    let Some((_bouncer, _, address)) = through(&server, "transaction", settings).await else { return };
    // Each holds one of the two sessions.
    let clients = futures_util::future::join_all((0..2).map(async |_| {
        let (client, connection) = tokio_postgres::connect(&address, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client.simple_query("BEGIN").await.unwrap();
        client
    }));
    for client in clients.await {
        client.simple_query("COMMIT").await.unwrap();
    }
    for _ in 0..3 {
        let error = PostgresLog::connect(&address).await.err();
        assert!(matches!(error, Some(OpenError::TransactionPooler)), "{error:?}");
    }
}
