//! TLS to a real PostgreSQL, with certificates of an authority of the test.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, process::Command};

use test_support::skip;

use crate::{
    error::chain,
    event_log::{
        EventLog as _,
        open_error::OpenError,
        postgres::PostgresLog,
        tests::server::{Server, run},
    },
};

/// Makes an authority and a certificate of `localhost`, and the authority of somebody else.
fn make_certificates(server: &Server) {
    let folder = server.directory();
    let openssl = |arguments: &str| {
        run(server.command(Path::new("openssl")).current_dir(folder).args(arguments.split_whitespace()));
    };
    for authority in ["ca", "other"] {
        openssl(&format!(
            "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={authority} -keyout {authority}.key -out {authority}.pem \
             -addext basicConstraints=critical,CA:TRUE"
        ));
    }
    openssl("req -newkey rsa:2048 -nodes -subj /CN=server -keyout server.key -out server.csr");
    fs::write(folder.join("names"), "subjectAltName=DNS:localhost\n").unwrap();
    openssl("x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out server.pem -extfile names");
    fs::set_permissions(folder.join("server.key"), fs::Permissions::from_mode(0o600)).unwrap();
}

#[tokio::test]
async fn a_certificate_is_checked_by_the_named_authority() {
    if Command::new("openssl").arg("version").output().is_err() {
        skip("there is no openssl on this machine");
        return;
    }
    let settings = ["fsync=off", "ssl=on", "ssl_cert_file=../server.pem", "ssl_key_file=../server.key"];
    let Some(mut server) = Server::over_tcp(&settings) else { return };
    server.initialize();
    make_certificates(&server);
    let hba = "local all all trust\nhostssl all all 127.0.0.1/32 trust\nhostssl all all ::1/128 trust\n";
    fs::write(server.directory().join("data/pg_hba.conf"), hba).unwrap();
    server.start();
    let database = server.database().await;
    let folder = server.directory().to_str().unwrap().replace('/', "%2F");
    let connect = async |host: &str, mode: &str, authority: &str| {
        let hosts = format!("{host}:{}", server.port());
        let parameters = format!("sslmode={mode}&sslrootcert={folder}%2F{authority}.pem");
        PostgresLog::connect(&database.at(&hosts, &parameters)).await
    };
    for (host, mode) in
        [("localhost", "require"), ("localhost", "verify-full"), ("localhost", "verify-ca"), ("127.0.0.1", "verify-ca")]
    {
        let log = connect(host, mode, "ca").await.unwrap_or_else(|error| panic!("{host} {mode}: {}", chain(&error)));
        log.ready().await.unwrap();
    }
    for (host, mode, authority) in [
        ("127.0.0.1", "verify-full", "ca"),
        ("127.0.0.1", "require", "ca"),
        ("localhost", "verify-full", "other"),
        ("localhost", "verify-ca", "other"),
        ("127.0.0.1", "verify-ca", "other"),
    ] {
        let error = connect(host, mode, authority).await.err().unwrap_or_else(|| panic!("{host} {mode} {authority}"));
        let text = chain(&error);
        assert!(text.contains("certificate"), "{host} {mode} {authority}: {text}");
    }
    let error = connect("localhost", "verify-ca", "missing").await.err().unwrap();
    assert!(matches!(error, OpenError::RootCertificates), "{error}");
    let error = connect("localhost", "verify-ca", "server.key").await.err().unwrap();
    assert!(matches!(error, OpenError::RootCertificates), "{error}");
}
