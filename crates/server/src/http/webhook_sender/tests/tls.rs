//! Receivers with TLS, with certificates of an authority of the test.

use std::{fs, path::Path, process::Command, sync::Arc};

use rustls::{
    RootCertStore, ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use tempfile::TempDir;
use test_support::skip;
use tokio::io::AsyncWriteExt as _;
use tokio_rustls::TlsAcceptor;

use super::{
    SystemResolver, WebhookSender, local,
    receiver::{Receiver, read_request},
    send,
};
use crate::webhooks::outcome::{CertificateProblem, Failure, Outcome};

fn openssl(folder: &Path, arguments: &str) {
    let output = Command::new("openssl").current_dir(folder).args(arguments.split_whitespace()).output().unwrap();
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Makes two authorities, and certificates of one of them: for this machine, for another name, and one that has expired.
fn certificates() -> Option<TempDir> {
    if Command::new("openssl").arg("version").output().is_err() {
        skip("there is no openssl on this machine");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    for authority in ["ca", "other"] {
        openssl(
            folder.path(),
            &format!(
                "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={authority} -keyout {authority}.key -out {authority}.pem \
                 -addext basicConstraints=critical,CA:TRUE"
            ),
        );
    }
    openssl(folder.path(), "req -newkey rsa:2048 -nodes -subj /CN=receiver -keyout receiver.key -out receiver.csr");
    for (name, subject, days) in [
        ("good", "DNS:localhost,IP:127.0.0.1", "-days 2"),
        ("elsewhere", "DNS:receiver.example", "-days 2"),
        ("expired", "DNS:localhost", "-days -1"),
    ] {
        fs::write(folder.path().join("names"), format!("subjectAltName={subject}\n")).unwrap();
        openssl(
            folder.path(),
            &format!(
                "x509 -req -in receiver.csr -CA ca.pem -CAkey ca.key -CAcreateserial {days} -out {name}.pem -extfile names"
            ),
        );
    }
    Some(folder)
}

/// A sender that trusts one of the authorities.
fn sender(folder: &Path, authority: &str) -> WebhookSender {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(folder.join(authority)).unwrap()).unwrap();
    WebhookSender::with(local(), roots, Arc::new(SystemResolver)).unwrap()
}

async fn receiver(folder: &Path, certificate: &str) -> Receiver {
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_file(folder.join(certificate)).unwrap()],
            PrivateKeyDer::from_pem_file(folder.join("receiver.key")).unwrap(),
        )
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    Receiver::accept(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            read_request(&mut stream).await;
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await.unwrap();
            // The sender may have closed the connection.
            let _ = stream.shutdown().await;
        }
    })
    .await
}

#[tokio::test]
async fn a_receiver_proves_that_it_is_the_host_of_the_address() {
    let Some(folder) = certificates() else { return };
    let folder = folder.path();
    let received = Outcome::Response { status: 200, retry_after: None };
    let certificate = |problem| Outcome::Failure(Failure::Certificate(problem));
    for (certificates, authority, host, expected) in [
        ("good.pem", "ca.pem", "localhost", received),
        ("good.pem", "ca.pem", "127.0.0.1", received),
        ("good.pem", "other.pem", "localhost", certificate(CertificateProblem::UnknownIssuer)),
        ("elsewhere.pem", "ca.pem", "localhost", certificate(CertificateProblem::WrongName)),
        ("expired.pem", "ca.pem", "localhost", certificate(CertificateProblem::Expired)),
    ] {
        let receiver = receiver(folder, certificates).await;
        let url = format!("https://{host}:{}/hooks", receiver.port);
        assert_eq!(send(&sender(folder, authority), &url).await, expected, "{certificates} {authority} {host}");
    }
}

#[tokio::test]
async fn a_receiver_without_tls_is_a_failure() {
    let without = Receiver::accept(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    });
    let closing = Receiver::accept(|stream| async move { drop(stream) });
    let sender = super::sender(local());
    for (receiver, failure) in [(without.await, Failure::Tls), (closing.await, Failure::Disconnected)] {
        let outcome = send(&sender, &format!("https://127.0.0.1:{}/", receiver.port)).await;
        assert_eq!(outcome, Outcome::Failure(failure));
    }
}
