//! On a machine that trusts no authority, such as a container from scratch, http works, and the error of https says what to do.

use std::process::Command;

use crate::common::{TestStore, command, run};

fn without_certificates(mut command: Command) -> Command {
    command.env("SSL_CERT_FILE", "/nonexistent").env("SSL_CERT_DIR", "/nonexistent");
    command
}

#[test]
fn http_needs_no_certificates() {
    let store = TestStore::new();
    let server = store.serve();
    let address = server.url.trim_start_matches("http://");
    for mut command in [
        server.command(&["all"]),
        server.command(&["doctor"]),
        store.command(&["probe", "--listen", address]),
        command_of_demo(),
    ] {
        command = without_certificates(command);
        let result = run(&mut command);
        assert_eq!(result.status, 0, "{command:?}: {}", result.err);
    }
}

fn command_of_demo() -> Command {
    let mut demo = command();
    demo.args(["demo", "--once"]);
    demo
}

#[test]
fn an_encrypted_proxy_needs_certificates_for_http_too() {
    for name in ["all", "doctor"] {
        let mut query = command();
        query.args([name, "--url", "http://service.example", "--tenant-id", "1", "--api-key", "k"]);
        query.env("HTTP_PROXY", "https://127.0.0.1:9");
        let result = run(&mut without_certificates(query));
        let said = result.out + &result.err;
        assert!(said.contains("SSL_CERT_FILE"), "{said}");
    }
}

#[test]
fn https_without_certificates_says_how_to_name_them() {
    let service = ["--url", "https://127.0.0.1:9", "--tenant-id", "1", "--api-key", "k"];
    for name in ["all", "doctor"] {
        let mut query = command();
        query.arg(name).args(service);
        let result = run(&mut without_certificates(query));
        let said = result.out + &result.err;
        assert_eq!(result.status, 1, "{said}");
        assert!(said.contains("No CA certificates were loaded from the system; install the package"), "{said}");
        assert!(said.contains("SSL_CERT_FILE"), "{said}");
    }
}
