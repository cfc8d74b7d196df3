//! Errors of the command line: they name the flag or variable, and contain no secrets.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use crate::common::{RunResult, TestStore, closed_port::ClosedPort, command, run, to_result};

#[test]
fn an_invalid_value_is_attributed_to_its_flag_or_variable() {
    for (arguments, flag, variable, value) in [
        (&["all"][..], "--tenant-id", "GROUP_DISPATCH_TENANT_ID", "x1"),
        (&["log", "--source", "pc"], "--utc-offset", "GROUP_DISPATCH_UTC_OFFSET", "8"),
        (&["serve"], "--listen", "GROUP_DISPATCH_LISTEN", "8081"),
        (&["serve"], "--max-requests", "GROUP_DISPATCH_MAX_REQUESTS", "0"),
        (&["serve"], "--log-format", "GROUP_DISPATCH_LOG_FORMAT", "xml"),
        (&["tenant", "list"], "--database", "GROUP_DISPATCH_DATABASE", "mysql://x"),
        (&["import", "-"], "--tenant", "GROUP_DISPATCH_TENANT_ID", "x1"),
    ] {
        let by_variable = run(command().args(arguments).env(variable, value));
        // A value that may be a misplaced key or password is hidden.
        let shown = if value == "x1" { "***" } else { value };
        let expected = format!("error: invalid value '{shown}' for '{variable} (environment variable)'");
        assert_eq!(by_variable.status, 2);
        assert!(by_variable.err.starts_with(&expected), "{arguments:?}: {}", by_variable.err);
        for other in ["", value] {
            let by_flag = run(command().args(arguments).args([flag, value]).env(variable, other));
            let expected = format!("error: invalid value '{shown}' for '{flag} <");
            assert!(by_flag.err.starts_with(&expected), "{arguments:?}: {}", by_flag.err);
        }
    }
    // Another flag has the invalid value.
    let result = run(command().args(["all", "--timeout", "soon"]).env("GROUP_DISPATCH_TENANT_ID", "7"));
    assert!(result.err.starts_with("error: invalid value 'soon' for '--timeout <TIME>'"), "{}", result.err);
}

#[test]
fn no_error_and_no_help_contains_a_secret() {
    let kept = |command: &mut Command| {
        let result = run(command);
        let text = format!("{}{}", result.out, result.err);
        assert!(!text.contains("s3cret"), "{:?}: {text}", command.get_args());
        result.status
    };
    let closed = ClosedPort::new();
    let store = TestStore::new();
    let database = store.database();
    let at = |text: &str| text.replace("NOBODY", &closed.address().to_string()).replace("DATABASE", &database);
    for (arguments, status) in [
        (&["tenant", "list", "--database", "postgress://user:s3cret@host/db"][..], 2),
        (&["tenant", "list", "--database", "host=here password=s3cret"], 2),
        (&["tenant", "list", "--database", "postgres://user:s3cret@NOBODY/db?application_name=s3cret"], 1),
        (&["tenant", "list", "--database", "postgres://user:s3cret@127.0.0.1:port/db"], 2),
        (&["import", "-", "--tenant", "7", "--database", "postgres://user:s3cret@NOBODY/db"], 1),
        (&["serve", "--log-format", "text", "--database", "postgres://user:s3cret@NOBODY/db"], 1),
        (&["serve", "--database", "postgres://user:s3cret@NOBODY/db"], 1),
        (&["serve", "--otlp", "http://me:s3cret@here:4318"], 2),
        (&["all", "--tenant-id", "7", "--api-key", "s3cret", "--url", "http://me:s3cret@NOBODY"], 1),
        (&["all", "--tenant-id", "7", "--api-key", "s3cret", "--url", "me:s3cret@NOBODY"], 1),
        (&["all", "--tenant-id", "7", "--api-key", "s3cret", "--url", "http://NOBODY/?key=s3cret"], 1),
        (&["all", "--tenant-id", "7", "--api-key", "s3cret", "--url", "http://NOBODY"], 1),
        (&["doctor", "--tenant-id", "7", "--api-key", "s3cret", "--url", "http://me:s3cret@NOBODY"], 1),
        (&["all", "--api-kye", "s3cret"], 2),
        (&["all", "--api-kye=s3cret"], 2),
        (&["all", "--api-key", "k", "s3cret"], 2),
        (&["all", "--api-key", "--s3cret"], 2),
        (&["all", "--api-key", "--s3cret=x"], 2),
        (&["all", "--api-key", "-s3cret"], 2),
        (&["tenant", "add", "7", "--api-key-stdin", "s3cret"], 2),
        (&["tenant", "add", "7", "--api-key-stdin=s3cret"], 2),
        (&["login", "--api-key-stdin=s3cret"], 2),
        // A misplaced word may be a key.
        (&["s3cret"], 2),
        (&["serves3cret"], 2),
        (&["profile", "s3cret"], 2),
        (&["tenant", "s3cret"], 2),
        (&["tenant", "add", "7", "s3cret"], 2),
        (&["tenant", "add", "7", "-s3cret"], 2),
        (&["tenant", "add", "7", "--s3cret"], 2),
        (&["tenant", "add", "7", "--s3cret=s3cret"], 2),
        (&["tenant", "add", "7", "--key=s3cret"], 2),
        (&["tenant", "add", "7", "--replace-key=s3cret"], 2),
        (&["tenant", "list", "s3cret"], 2),
        (&["profile", "list", "s3cret"], 2),
        (&["profile", "use", "a", "s3cret"], 2),
        (&["account", "8618217331411", "s3cret"], 2),
        (&["all", "s3cret"], 2),
        (&["serve", "s3cret"], 2),
        (&["completions", "s3cret"], 2),
        (&["explain", "s3cret"], 2),
        (&["doctor", "--color", "s3cret"], 2),
        (&["all", "--output", "s3cret"], 2),
        (&["import", "-", "--order", "s3cret"], 2),
        // An id, a number or an address may be a key.
        (&["tenant", "add", "s3cret"], 2),
        (&["tenant", "remove", "s3cret"], 2),
        (&["tenant", "key", "s3cret"], 2),
        (&["tenant", "key", "remove", "7", "S3CRET"], 2),
        (&["all", "--tenant-id", "s3cret"], 2),
        (&["all", "--tenant", "s3cret"], 2),
        (&["login", "--tenant-id", "s3cret"], 2),
        (&["account", "s3cret"], 2),
        (&["online", "--source", "pc", "--user-id", "s3cret"], 2),
        (&["all", "--tenant-id", "7", "--api-key", "k", "--url", "s3cret"], 1),
        (&["login", "--tenant-id", "7", "--api-key-stdin", "--url", "s3cret"], 1),
        (&["doctor", "--tenant-id", "7", "--api-key", "k", "--url", "s3cret"], 1),
        (&["serve", "--public-url", "http://me:s3cret@host"], 2),
        (&["serve", "--public-url", "s3cret"], 2),
        (&["serve", "--otlp", "s3cret"], 2),
        (&["serve", "--listen", "http://me:s3cret@host"], 2),
        (&["serve", "--metrics-listen", "http://me:s3cret@host"], 2),
        (&["serve", "--log", "http://me:s3cret@host=loud"], 2),
        // So may a file.
        (&["import", "postgres://me:s3cret@host/db", "--tenant", "7", "--database", "DATABASE"], 1),
        (&["import", "me:s3cret@host", "--tenant", "7", "--database", "DATABASE"], 1),
        (&["import", "https://host/events?key=s3cret", "--tenant", "7", "--database", "DATABASE"], 1),
        (&["tenant", "list", "--database", "sqlite://me:s3cret@host/db"], 1),
        (&["tenant", "add", "7", "--database", "sqlite://me:s3cret@host/db"], 1),
        (&["man", "--dir", "/dev/null/me:s3cret@host"], 1),
        (&["repair-order", "--database", "sqlite://me:s3cret@host/db"], 1),
        (&["repair-order", "--database", "DATABASE", "--tenant", "s3cret"], 2),
        (&["doctor", "--database", "sqlite://me:s3cret@host/db"], 1),
    ] {
        assert_eq!(kept(command().args(arguments.iter().map(|text| at(text)))), status, "{arguments:?}");
    }
    for (variable, value) in [
        ("GROUP_DISPATCH_API_KEY", "s3cret"),
        ("GROUP_DISPATCH_URL", "http://me:s3cret@nobody.invalid"),
        ("GROUP_DISPATCH_DATABASE", "postgress://user:s3cret@host/db"),
        ("GROUP_DISPATCH_OTLP", "http://me:s3cret@here:4318"),
    ] {
        for arguments in [&["all", "--tenant-id", "7"][..], &["doctor"], &["serve"], &["tenant", "list"]] {
            kept(command().args(arguments).arg("--help").env(variable, value));
            if arguments != ["serve"] || variable != "GROUP_DISPATCH_URL" && variable != "GROUP_DISPATCH_API_KEY" {
                kept(command().args(arguments).env(variable, value));
            }
        }
    }
    // In any variable.
    let mut variables = 0;
    for arguments in
        [&["all"][..], &["log"], &["serve"], &["login"], &["import"], &["tenant", "add"], &["profile", "show"]]
    {
        let help = run(command().args(arguments).arg("--help")).out;
        for variable in help.split("[env: ").skip(1).map(|rest| rest.split([']', '=']).next().unwrap()) {
            variables += 1;
            for value in ["s3cret", "http://me:s3cret@nobody.invalid"] {
                kept(command().args(arguments).arg("--help").env(variable, value));
            }
            // Any text can be a log filter.
            if variable != "GROUP_DISPATCH_LOG" {
                kept(command().args(arguments).env(variable, "http://me:s3cret@nobody.invalid"));
            }
        }
    }
    assert!(variables > 30, "{variables}");
}

/// A key as `tenant add` generates it, in the place of a duration, an address, a host or the name of a profile.
#[test]
fn a_misplaced_key_is_hidden() {
    const KEY: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
    let url = format!("http://{KEY}");
    let service = ["--url", &url, "--tenant-id", "7", "--api-key", "k"];
    for (arguments, status) in [
        (vec!["all", "--timeout", KEY], 2),
        (vec!["watch", "--interval", KEY], 2),
        (vec!["log", "--source", "pc", "--since", KEY], 2),
        (vec!["serve", "--listen", KEY], 2),
        ([&["all"], &service[..]].concat(), 1),
        ([&["doctor"], &service[..]].concat(), 1),
        (vec!["all", "--profile", KEY], 1),
        (vec!["profile", "show", KEY], 1),
        (vec!["profile", "use", KEY], 1),
        (vec!["logout", "--profile", KEY], 1),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let result =
            run(command().args(&arguments).env("XDG_CONFIG_HOME", folder.path()).env("APPDATA", folder.path()));
        assert_eq!(result.status, status, "{arguments:?}: {}", result.err);
        assert!(!format!("{}{}", result.out, result.err).contains(KEY), "{arguments:?}: {}{}", result.out, result.err);
        assert!(result.err.contains("***") || result.out.contains("***"), "{arguments:?}: {}", result.err);
    }
}

/// A suggestion is shown even if the word is hidden.
#[test]
fn a_slip_of_the_finger_is_shown_with_what_was_meant() {
    for (arguments, shown) in [
        (&["acount"][..], &["unrecognized subcommand 'acount'", "'account'"][..]),
        (&["profile", "lst"], &["unrecognized subcommand 'lst'", "'list'"]),
        (&["Serve"], &["unrecognized subcommand '***'", "may be a secret"]),
        (&["tenant", "add", "7", "KEY"], &["unexpected argument '***'", "may be a secret"]),
        (&["all", "--api-kye", "k"], &["unexpected argument '--api-kye'", "'--api-key'"]),
        (&["all", "--verbose"], &["unexpected argument '--verbose'"]),
        (&["all", "-v"], &["unexpected argument '-v'"]),
        (&["all", "--output", "jsn"], &["invalid value 'jsn'", "'json'"]),
    ] {
        let result = run(command().args(arguments));
        assert_eq!(result.status, 2);
        assert!(shown.iter().all(|text| result.err.contains(text)), "{arguments:?}: {}", result.err);
    }
    let result = run(command().args(["account", "\u{202e}8618217331411"]));
    assert!(result.err.contains("invalid value '***'") && result.err.contains("U+202E"), "{}", result.err);
    let result = run(command().args(["all", "--timeout", "\u{202e}10"]));
    assert!(result.err.contains("invalid value 'U+202E10'"), "{}", result.err);
}

/// The address is checked before a connection is opened. The error contains no part of it.
#[test]
fn an_invalid_database_address_is_explained_without_its_parts() {
    const ENCODE: &str =
        "percent-encode reserved characters in user, password and parameters: @ as %40, : as %3A, / as %2F";
    for (url, problem) in [
        ("postgres://user:s3@cret@host/db", ENCODE),
        ("postgres://user:s3@cret/@host/db", ENCODE),
        ("postgres://host/db?password=s3@cret", ENCODE),
        ("postgres://user:s3cret@host", "the address names no database; expected its name after the host"),
        ("postgres://user:s3cret@host/?sslmode=require", "the address names no database"),
        ("postgres://user:s3cret@/db", "the address names no host"),
        ("postgres://user:s3#cret/db", "reserved characters in user and password percent-encoded: @ as %40"),
        ("postgresql://user:s3cret@host:port/db", "the host or the port of the address can't be read"),
        ("postgres://user:s3cret@host/db?schema=s3cret", "does not know the parameter schema of the address"),
        ("postgres://user:s3cret@host/db?s3cret=1", "parameter 1 of the address, counted after the ?, is not known"),
        ("postgres://user:s3cret@host/db?sslmode=s3cret", "the value of the parameter sslmode of the address"),
        ("mysql://user:s3cret@host/db", "expected sqlite:// and the path of a file"),
    ] {
        for arguments in [&["serve"][..], &["tenant", "list"], &["import", "-", "--tenant", "7"]] {
            let by_flag = run(command().args(arguments).args(["--database", url]));
            let by_variable = run(command().args(arguments).env("GROUP_DISPATCH_DATABASE", url));
            for result in [by_flag, by_variable] {
                assert_eq!(result.status, 2, "{url}: {}", result.err);
                assert!(result.err.contains(problem), "{url}: {}", result.err);
                for part in ["s3", "cret", "user:"] {
                    assert!(!result.err.contains(part), "{url}: {}", result.err);
                }
            }
        }
    }
}

fn adds(store: &TestStore, input: &str, arguments: &[&str]) -> RunResult {
    let mut add = store.command(&[&["tenant", "add", "8"], arguments].concat());
    let mut child = add.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The command may exit before it reads its input.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    to_result(child.wait_with_output().unwrap())
}

#[test]
fn tenant_add_reads_a_key_from_standard_input() {
    let store = TestStore::new();
    let added = adds(&store, " from-stdin \r\nsecond line\n", &["--api-key-stdin"]);
    assert_eq!((added.status, added.out.as_str()), (0, "added tenant 8\n"), "{}", added.err);
    let server = store.serve();
    let ask = |key: &str| run(server.command(&["all", "--tenant-id", "8"]).env("GROUP_DISPATCH_API_KEY", key)).status;
    assert_eq!((ask("from-stdin"), ask("k")), (0, 1));

    // PowerShell writes a byte order mark.
    assert_eq!(adds(&store, "\u{feff}marked\r\n", &["--api-key-stdin", "--replace-key"]).status, 0);
    let server = store.serve();
    let ask = |key: &str| run(server.command(&["all", "--tenant-id", "8"]).env("GROUP_DISPATCH_API_KEY", key)).status;
    assert_eq!(ask("marked"), 0);

    let replaced = adds(&store, "another", &["--api-key-stdin", "--replace-key"]);
    let expected = (0, "replaced the key of tenant 8 (the old one is invalid now)\n");
    assert_eq!((replaced.status, replaced.out.as_str()), expected, "{}", replaced.err);
    for input in ["", "\n", "  \t\n", "\u{feff}\n"] {
        let refused = adds(&store, input, &["--api-key-stdin", "--replace-key"]);
        let expected = "error: the key is empty; expected it on the first line of standard input; nothing was stored\n";
        assert_eq!((refused.status, refused.err.as_str()), (1, expected), "{input:?}");
    }
    assert_eq!(adds(&store, "k", &["--api-key-stdin", "--api-key", "k"]).status, 2);
}
