//! Errors of the command line: what they blame, and what they keep to themselves.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::{
    io::Write,
    process::{Command, Stdio},
};

use common::{Place, Said, command, nobody::Nobody, run, said};

/// A wrong value is blamed on the variable or on the flag that has it, whichever it is.
#[test]
fn a_bad_variable_and_a_bad_flag_are_each_blamed() {
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
        // What may be a key or a password that was put into the wrong place is not repeated.
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
    // Another flag of the command line is wrong as well.
    let said = run(command().args(["all", "--timeout", "soon"]).env("GROUP_DISPATCH_TENANT_ID", "7"));
    assert!(said.err.starts_with("error: invalid value 'soon' for '--timeout <TIME>'"), "{}", said.err);
}

#[test]
fn no_error_and_no_help_repeats_a_secret() {
    let kept = |command: &mut Command| {
        let said = run(command);
        let text = format!("{}{}", said.out, said.err);
        assert!(!text.contains("s3cret"), "{:?}: {text}", command.get_args());
        said.status
    };
    let nobody = Nobody::new();
    let place = Place::new();
    let database = place.database();
    let at = |text: &str| text.replace("NOBODY", &nobody.address().to_string()).replace("DATABASE", &database);
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
        // A word in the wrong place may be a key.
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
        (&["doctor", "--color", "s3cret"], 2),
        (&["all", "--output", "s3cret"], 2),
        (&["import", "-", "--order", "s3cret"], 2),
        // So may an id, a number and an address.
        (&["tenant", "add", "s3cret"], 2),
        (&["tenant", "remove", "s3cret"], 2),
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
        // And a file.
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
    // Whichever variable it was put into.
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
            // A profile is looked for by its name, and any text can be a filter of the log.
            if !["GROUP_DISPATCH_PROFILE", "GROUP_DISPATCH_LOG"].contains(&variable) {
                kept(command().args(arguments).env(variable, "http://me:s3cret@nobody.invalid"));
            }
        }
    }
    assert!(variables > 30, "{variables}");
}

/// The suggestion helps without the word.
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
        let said = run(command().args(arguments));
        assert_eq!(said.status, 2);
        assert!(shown.iter().all(|text| said.err.contains(text)), "{arguments:?}: {}", said.err);
    }
    let said = run(command().args(["account", "\u{202e}8618217331411"]));
    assert!(said.err.contains("invalid value '***'") && said.err.contains("U+202E"), "{}", said.err);
    let said = run(command().args(["all", "--timeout", "\u{202e}10"]));
    assert!(said.err.contains("invalid value 'U+202E10'"), "{}", said.err);
}

/// What is wrong with an address of a database is said before anything is connected to, without a part of the address.
#[test]
fn a_database_address_that_can_not_be_right_says_what_to_do() {
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
        ("postgresql://user:s3cret@host:port/db", "the host, the port or a parameter of the address can't be read"),
        ("mysql://user:s3cret@host/db", "expected sqlite:// and a file's path"),
    ] {
        for arguments in [&["serve"][..], &["tenant", "list"], &["import", "-", "--tenant", "7"]] {
            let by_flag = run(command().args(arguments).args(["--database", url]));
            let by_variable = run(command().args(arguments).env("GROUP_DISPATCH_DATABASE", url));
            for said in [by_flag, by_variable] {
                assert_eq!(said.status, 2, "{url}: {}", said.err);
                assert!(said.err.contains(problem), "{url}: {}", said.err);
                for part in ["s3", "cret", "user:"] {
                    assert!(!said.err.contains(part), "{url}: {}", said.err);
                }
            }
        }
    }
}

fn adds(place: &Place, input: &str, arguments: &[&str]) -> Said {
    let mut add = place.command(&[&["tenant", "add", "8"], arguments].concat());
    let mut child = add.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // It may have ended already, without a look at its input.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    said(child.wait_with_output().unwrap())
}

#[test]
fn tenant_add_reads_a_key_from_standard_input() {
    let place = Place::new();
    let added = adds(&place, " from-stdin \r\nsecond line\n", &["--api-key-stdin"]);
    assert_eq!((added.status, added.out.as_str()), (0, "tenant 8 is known now\n"), "{}", added.err);
    let server = place.serve();
    let ask = |key: &str| run(server.command(&["all", "--tenant-id", "8"]).env("GROUP_DISPATCH_API_KEY", key)).status;
    assert_eq!((ask("from-stdin"), ask("k")), (0, 1));

    // As PowerShell writes it to a file.
    assert_eq!(adds(&place, "\u{feff}marked\r\n", &["--api-key-stdin", "--replace-key"]).status, 0);
    let server = place.serve();
    let ask = |key: &str| run(server.command(&["all", "--tenant-id", "8"]).env("GROUP_DISPATCH_API_KEY", key)).status;
    assert_eq!(ask("marked"), 0);

    let replaced = adds(&place, "another", &["--api-key-stdin", "--replace-key"]);
    assert_eq!((replaced.status, replaced.out.as_str()), (0, "tenant 8 has another key now\n"), "{}", replaced.err);
    for input in ["", "\n", "  \t\n", "\u{feff}\n"] {
        let refused = adds(&place, input, &["--api-key-stdin", "--replace-key"]);
        let expected = "error: the key is empty; expected it in the first line of standard input; nothing was stored\n";
        assert_eq!((refused.status, refused.err.as_str()), (1, expected), "{input:?}");
    }
    assert_eq!(adds(&place, "k", &["--api-key-stdin", "--api-key", "k"]).status, 2);
}
