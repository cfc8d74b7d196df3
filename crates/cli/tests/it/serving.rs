//! The log of `serve`: its format, the address in it, and no secrets.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    process::{Command, Stdio},
};

use crate::common::{TestStore, closed_port::ClosedPort, command, next_line, run};
use portable_pty::{CommandBuilder, PtySize, native_pty_system};

/// Returns the log line with the address that the server listens on.
fn listening(serve: &mut Command) -> String {
    let mut child = serve.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("listening") {
        line = next_line(&mut log);
        assert!(!line.is_empty(), "the server stopped before it listened");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    line
}

#[test]
fn the_log_contains_the_address_of_the_docs() {
    let store = TestStore::new();
    for (arguments, docs) in [
        (&["--listen", "127.0.0.1:0"][..], "http://127.0.0.1:"),
        (&["--listen", "0.0.0.0:0"], "http://127.0.0.1:"),
        (&["--listen", "127.0.0.1:0", "--public-url", "https://example.com/scrm/"], "https://example.com/scrm/docs/"),
    ] {
        let line = listening(&mut store.command(&[&["serve"], arguments].concat()));
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        let shown = line["docs"].as_str().unwrap();
        assert!(shown.starts_with(docs) && shown.ends_with("/docs/"), "{arguments:?}: {shown}");
    }
}

#[test]
fn the_log_is_json_unless_text_is_requested() {
    let store = TestStore::new();
    let serve = || store.command(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(listening(&mut serve()).starts_with('{'));
    assert!(listening(serve().env("GROUP_DISPATCH_LOG_FORMAT", "json")).starts_with('{'));
    assert!(!listening(serve().args(["--log-format", "text"])).starts_with('{'));
}

/// Crates that use `log` add the path of their source file on the machine that built the program.
#[test]
fn no_log_line_has_a_path_of_the_build_machine() {
    for format in ["json", "text"] {
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite://{}", folder.path().join("new.db").display());
        let mut serve = command();
        serve.args(["serve", "--create", "--listen", "127.0.0.1:0", "--log", "trace", "--log-format", format]);
        let mut child = serve.env("GROUP_DISPATCH_DATABASE", database).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut lines = vec![next_line(&mut log)];
        while !lines.last().unwrap().contains("listening") {
            lines.push(next_line(&mut log));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(lines.iter().any(|line| line.contains("mio::poll")), "no crate logs by `log` any more: {lines:?}");
        for line in lines {
            for part in [".rs", ".cargo", "log.file", "log.line", "log.module_path"] {
                assert!(!line.contains(part), "{line}");
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn the_log_is_text_on_a_terminal() {
    let store = TestStore::new();
    for (format, is_json) in [(None, false), (Some("json"), true)] {
        let serve = store.command(&["serve", "--listen", "127.0.0.1:0", "--color", "never"]);
        let pty = native_pty_system().openpty(PtySize { rows: 24, cols: 200, ..PtySize::default() }).unwrap();
        let mut builder = CommandBuilder::new(serve.get_program());
        builder.args(serve.get_args());
        for (name, value) in serve.get_envs() {
            match value {
                Some(value) => builder.env(name, value),
                None => builder.env_remove(name),
            }
        }
        if let Some(format) = format {
            builder.args(["--log-format", format]);
        }
        let mut child = pty.slave.spawn_command(builder).unwrap();
        let mut log = BufReader::new(pty.master.try_clone_reader().unwrap());
        let mut line = String::new();
        while !line.contains("listening") {
            line.clear();
            assert_ne!(log.read_line(&mut line).unwrap(), 0);
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(line.starts_with('{'), is_json, "{format:?}: {line}");
        assert!(line.contains("/docs/"), "{line}");
    }
}

/// The address of a database that accepts connections and never answers, and what accepts them.
fn silent_database() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://user@{}/events?connect_timeout=600", listener.local_addr().unwrap());
    (listener, url)
}

/// As the first process of a container, it would not be ended by a signal that it does not receive.
#[cfg(unix)]
#[test]
fn a_signal_ends_a_start_that_waits_for_the_database() {
    for signal in ["-TERM", "-INT"] {
        let (listener, url) = silent_database();
        let child = command().args(["serve", "--listen", "127.0.0.1:0", "--database", &url]).spawn();
        let mut child = child.unwrap();
        let _connection = listener.accept().unwrap();
        assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn a_command_that_waits_for_the_database_says_so() {
    let (_listener, url) = silent_database();
    let mut child = command().args(["tenant", "list", "--database", &url]).stderr(Stdio::piped()).spawn().unwrap();
    let line = next_line(&mut BufReader::new(child.stderr.take().unwrap()));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(line.starts_with("waiting for the database"), "{line}");
}

/// Addresses in flags and variables contain passwords. Errors about an address never contain its password.
#[test]
fn no_password_of_a_database_address_is_printed() {
    let closed = ClosedPort::new();
    let refused = format!("postgres://user:s3cret@{}/events?connect_timeout=2", closed.address());
    let file = tempfile::NamedTempFile::new().unwrap();
    let file = file.path().to_str().unwrap();
    for url in [
        refused.as_str(),
        "postgres://user:s3cret@127.0.0.1:port/events",
        "postgres://user:s3cret@127.0.0.1:99999/events",
        "postgres://user:s3cret@127.0.0.1/events?unknown=s3cret",
        "postgres://127.0.0.1:1/events?password=s3cret@x",
        "postgres://user:s3cret",
        "postgres://user:s3cret@",
        "postgres://user:s3?cret@s3cret/s3cret",
        "postgres://user:s3cret@no host/events",
        "postgres:user:s3cret@127.0.0.1/events",
        "mysql://user:s3cret@127.0.0.1/events",
        "user:s3cret@127.0.0.1",
    ] {
        for arguments in [
            &["serve", "--listen", "127.0.0.1:0", "--log", "trace"][..],
            &["serve", "--listen", "127.0.0.1:0", "--log-format", "text"],
            &["serve", "--help"],
            &["tenant", "list"],
            &["tenant", "add", "7", "--api-key", "s3cret"],
            &["import", file, "--tenant", "7"],
        ] {
            let by_flag = run(command().args(arguments).args(["--database", url]));
            let by_variable = run(command().args(arguments).env("GROUP_DISPATCH_DATABASE", url));
            for result in [by_flag, by_variable] {
                assert!(result.status != 0 || arguments.contains(&"--help"), "{arguments:?} {url}: {}", result.err);
                for shown in [result.out, result.err] {
                    assert!(!shown.contains("s3cret") && !shown.contains("s3?cret"), "{arguments:?} {url}: {shown}");
                }
            }
        }
    }
}

#[test]
fn no_password_of_another_address_is_printed() {
    let urls = ["https://user:s3cret@example.com", "user:s3cret@example.com", "ftp://s3cret@example.com"];
    for (flag, variable) in [("--public-url", "GROUP_DISPATCH_PUBLIC_URL"), ("--otlp", "GROUP_DISPATCH_OTLP")] {
        for url in urls {
            let by_flag = run(command().args(["serve", flag, url]));
            let by_variable = run(command().arg("serve").env(variable, url));
            for result in [by_flag, by_variable] {
                assert_eq!(result.status, 2, "{}", result.err);
                assert!(result.err.starts_with("error: invalid value '"), "{}", result.err);
                assert!(!result.err.contains("s3cret"), "{}", result.err);
            }
            for form in ["-h", "--help"] {
                let help = run(command().args(["serve", form]).env(variable, url));
                assert!(help.status == 0 && !help.out.contains("s3cret"), "{}", help.out);
            }
        }
    }
}

#[test]
fn an_invalid_public_address_is_rejected() {
    for url in ["example.com", "https://example.com?tenant=7", "ftp://example.com", "https://"] {
        let result = run(command().args(["serve", "--public-url", url]));
        assert_eq!(result.status, 2);
        let expected =
            "expected http:// or https://, a host, and a path where there is one, such as https://example.com/scrm";
        assert!(result.err.contains(expected), "{url}: {}", result.err);
    }
}

/// The server gets the value of `--http-status`.
#[test]
fn errors_have_the_selected_http_status() {
    let store = TestStore::new();
    for (http_status, expected) in [("mirrored", "HTTP 401"), ("vendor", "HTTP 200")] {
        let mut serve = store.command(&["serve", "--listen", "127.0.0.1:0", "--http-status", http_status]);
        let server = TestStore::serve_by(&mut serve);
        let result = run(server.command(&["all"]).env("GROUP_DISPATCH_API_KEY", "another"));
        assert!(result.err.contains("code 522") && result.err.contains(expected), "{http_status}: {}", result.err);
    }
}
