//! Profiles: storing, reading, rejecting and removing them.

use std::{
    fs,
    io::{BufReader, Write},
    net::TcpListener,
    process::Stdio,
};

use crate::common::{Server, TestStore, closed_port::ClosedPort, next_line, run, to_result, user::User};

fn server() -> (TestStore, Server) {
    let store = TestStore::new();
    let server = store.serve();
    (store, server)
}

#[test]
fn queries_use_the_stored_profile() {
    let (_store, server) = server();
    let user = User::new();
    let stored = user.logs_in("k", &["--url", &server.url, "--tenant-id", "7"]);
    assert_eq!(stored.out, format!("profile default is stored in {}\n", user.file().display()), "{}", stored.err);
    assert_eq!(user.says(&["all"]).out, "no agent is online\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&user.file()), mode(user.file().parent().unwrap())), (0o600, 0o700));
    }
    let gone = user.says(&["logout"]);
    assert_eq!((gone.status, gone.out.as_str()), (0, "profile default is removed\n"));
    assert_eq!(user.says(&["all"]).status, 1);
}

#[test]
fn a_rejected_key_is_not_stored() {
    let (_store, server) = server();
    let user = User::new();
    let refused = user.logs_in("other-secret", &["--url", &server.url, "--tenant-id", "7"]);
    assert_eq!(refused.status, 1);
    assert_eq!(refused.err, "error: the service rejects this tenant and key; nothing was stored\n");
    assert!(!user.file().exists());
    let closed = ClosedPort::new();
    let unreached = user.logs_in("other-secret", &["--url", &closed.url(), "--tenant-id", "7"]);
    assert!(unreached.err.starts_with("error: nothing was stored") && !user.file().exists(), "{}", unreached.err);
    let unchecked = user.logs_in("other-secret", &["--url", &closed.url(), "--tenant-id", "7", "--no-check"]);
    assert_eq!(unchecked.status, 0, "{}", unchecked.err);
    for result in [&refused, &unreached, &unchecked] {
        assert!(!result.err.contains("other-secret") && !result.out.contains("other-secret"));
    }
}

#[test]
fn without_a_terminal_missing_values_are_named() {
    let user = User::new();
    let key = user.says(&["login", "--tenant-id", "7"]);
    assert_eq!(key.status, 1);
    assert_eq!(
        key.err,
        "error: the key is missing, and standard input is not a terminal; pass the key with --api-key-stdin\n"
    );
    let tenant = user.logs_in("k", &[]);
    assert_eq!(tenant.err, "error: the tenant is missing, and standard input is not a terminal; pass --tenant-id\n");
    let empty = "error: the key is empty; expected it on the first line of standard input; nothing was stored\n";
    assert_eq!(user.logs_in(" ", &["--tenant-id", "7"]).err, empty);
    assert!(!user.file().exists());
}

#[test]
fn other_profiles_and_comments_are_kept() {
    let user = User::new();
    user.writes("# my services\n[profiles.home] # a toy\nurl = \"http://127.0.0.1:1\"\n");
    let stored = user.logs_in("k", &["--profile", "work", "--tenant-id", "7", "--utc-offset", "+01:00", "--no-check"]);
    assert_eq!(stored.status, 0, "{}", stored.err);
    let home = "# my services\n[profiles.home] # a toy\nurl = \"http://127.0.0.1:1\"\n";
    let work = "\n[profiles.work]\nurl = \"https://api.socialepoch.com\"\ntenant_id = \"7\"\napi_key = \"k\"\n\
                utc_offset = \"+01:00\"\n";
    assert_eq!(user.text(), format!("{home}{work}"));
    assert_eq!(user.says(&["logout", "--profile", "work"]).status, 0);
    assert_eq!(user.text(), home);
}

/// The service responds only after another login and a logout are finished.
#[test]
fn changes_during_a_login_are_kept() {
    let user = User::new();
    assert_eq!(user.logs_in("k", &["--profile", "old", "--tenant-id", "7", "--no-check"]).status, 0);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let slow = user.login("k", &["--profile", "slow", "--url", &url, "--tenant-id", "7"]);
    let (mut connection, _) = listener.accept().unwrap();
    let mut request = BufReader::new(&connection);
    while next_line(&mut request) != "\r\n" {}

    assert_eq!(user.logs_in("k", &["--profile", "quick", "--tenant-id", "7", "--no-check"]).status, 0);
    assert_eq!(user.says(&["logout", "--profile", "old"]).status, 0);
    let body = r#"{"code": 200, "message": "ok", "data": []}"#;
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
    write!(connection, "{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
    drop(connection);

    let slow = to_result(slow.wait_with_output().unwrap());
    assert_eq!(slow.status, 0, "{}", slow.err);
    let kept = ["old", "quick", "slow"].map(|name| user.text().contains(&format!("[profiles.{name}]")));
    assert_eq!(kept, [false, true, true], "{}", user.text());
}

#[test]
fn concurrent_logins_are_all_stored() {
    let user = User::new();
    let names: Vec<_> = (0..12).map(|number| format!("p{number}")).collect();
    let logins: Vec<_> =
        names.iter().map(|name| user.login("k", &["--profile", name, "--tenant-id", "7", "--no-check"])).collect();
    for login in logins {
        let result = to_result(login.wait_with_output().unwrap());
        assert_eq!(result.status, 0, "{}", result.err);
    }
    for name in names {
        assert!(user.text().contains(&format!("[profiles.{name}]")), "{name} is missing in {}", user.text());
    }
}

#[test]
fn the_first_profile_becomes_the_default() {
    let user = User::new();
    assert_eq!(user.logs_in("k", &["--profile", "work", "--tenant-id", "7", "--no-check"]).status, 0);
    assert!(user.text().starts_with("default_profile = \"work\"\n"), "{}", user.text());
    assert_eq!(user.logs_in("k", &["--profile", "home", "--tenant-id", "7", "--no-check"]).status, 0);
    assert!(user.text().starts_with("default_profile = \"work\"\n"), "{}", user.text());
    assert_eq!(user.says(&["logout"]).out, "profile work is removed\n");
    assert!(!user.text().contains("default_profile"));
}

/// The order is: flags, a profile that a flag names, variables, another profile. Of profiles: the flag's, the
/// variable's, the file's default.
#[test]
fn flags_override_variables_and_variables_override_a_profile_without_flag() {
    let (_store, server) = server();
    let user = User::new();
    user.writes(&format!(
        "default_profile = 'good'\n[profiles.good]\nurl = '{url}'\ntenant_id = 7\napi_key = 'k'\n\
         [profiles.bad]\nurl = '{url}'\ntenant_id = 7\napi_key = 'wrong'\n\
         [profiles.keyless]\nurl = '{url}'\ntenant_id = 7\n",
        url = server.url
    ));
    let status = |variables: &[(&str, &str)], arguments: &[&str]| {
        run(user.command(&[&["all"], arguments].concat()).envs(variables.iter().copied())).status
    };
    assert_eq!(status(&[], &[]), 0);
    assert_eq!(status(&[], &["--profile", "bad"]), 1);
    assert_eq!(status(&[("GROUP_DISPATCH_PROFILE", "bad")], &[]), 1);
    assert_eq!(status(&[("GROUP_DISPATCH_PROFILE", "bad")], &["--profile", "good"]), 0);
    assert_eq!(status(&[("GROUP_DISPATCH_API_KEY", "wrong")], &[]), 1);
    assert_eq!(status(&[("GROUP_DISPATCH_API_KEY", "wrong")], &["--profile", "good"]), 0);
    assert_eq!(status(&[("GROUP_DISPATCH_API_KEY", "wrong"), ("GROUP_DISPATCH_PROFILE", "good")], &[]), 1);
    assert_eq!(status(&[("GROUP_DISPATCH_API_KEY", "wrong")], &["--api-key", "k"]), 0);
    assert_eq!(status(&[("GROUP_DISPATCH_API_KEY", "k")], &["--profile", "bad"]), 1);
    assert_eq!(status(&[], &["--profile", "bad", "--api-key", "k"]), 0);
    assert_eq!(
        status(&[("GROUP_DISPATCH_API_KEY", "k")], &["--profile", "keyless"]),
        0,
        "a variable gives the missing key"
    );
    let nowhere = user.says(&["all", "--profile", "nowhere"]);
    let file = user.file();
    assert_eq!(
        nowhere.err,
        format!(
            "error: there is no profile nowhere in {}; `group-dispatch login --profile nowhere` creates it\n",
            file.display()
        )
    );
}

#[test]
fn login_notes_variables_that_override_the_profile() {
    let user = User::new();
    let login = |variables: [(&str, &str); 2]| {
        let arguments = ["login", "--profile", "work", "--tenant-id", "7", "--no-check", "--api-key-stdin"];
        let mut child = user.command(&arguments);
        let child = child.envs(variables).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = child.spawn().unwrap();
        child.stdin.take().unwrap().write_all(b"k\n").unwrap();
        to_result(child.wait_with_output().unwrap())
    };
    let stored = login([("GROUP_DISPATCH_URL", "http://127.0.0.1:1"), ("GROUP_DISPATCH_API_KEY", "other-secret")]);
    assert_eq!(
        (stored.status, stored.err.as_str()),
        (
            0,
            "these variables override the profile, unless you pass --profile work: GROUP_DISPATCH_URL, \
             GROUP_DISPATCH_API_KEY\n"
        )
    );
    assert_eq!(login([("GROUP_DISPATCH_URL", ""), ("GROUP_DISPATCH_API_KEY", " ")]).err, "");
}

#[test]
fn empty_variables_are_ignored_and_newlines_are_trimmed() {
    let (_store, server) = server();
    let user = User::new();
    user.writes(&format!("[profiles.default]\nurl = '{}'\ntenant_id = 7\napi_key = 'k'\n", server.url));
    let names = ["URL", "TENANT_ID", "API_KEY", "PROFILE", "UTC_OFFSET"].map(|name| format!("GROUP_DISPATCH_{name}"));
    for empty in ["", " \n"] {
        let result = run(user.command(&["log", "--source", "pc"]).envs(names.iter().map(|name| (name, empty))));
        assert_eq!((result.status, result.err.as_str()), (0, ""), "{empty:?}");
    }
    let values = [&*server.url, "7", "k", "default"].map(|value| format!("{value}\r\n"));
    let result = run(user.command(&["all"]).envs(names.iter().zip(&values)));
    assert_eq!((result.status, result.err.as_str()), (0, ""));
}

#[test]
fn complete_flags_and_variables_need_no_profile() {
    let (_store, server) = server();
    let user = User::new();
    user.writes("not TOML");
    let result = run(server.command(&["all"]).env("XDG_CONFIG_HOME", user.folder.path()));
    assert_eq!((result.status, result.err.as_str()), (0, ""));
}

#[test]
fn logout_of_an_unknown_profile_lists_the_existing_ones() {
    let user = User::new();
    let refusal = |others: &str| {
        let result = user.says(&["logout", "--profile", "nope"]);
        let path = user.file().display().to_string();
        let expected = format!("error: there is no profile nope in {path}; existing profiles: {others}\n");
        assert_eq!((result.status, result.err), (1, expected));
    };
    refusal("none");
    user.writes("[profiles.work]\ntenant_id = 7\n[profiles.home]\ntenant_id = 8\n");
    refusal("home, work");
}

#[test]
fn missing_settings_are_named() {
    let user = User::new();
    let result = user.says(&["all", "--tenant-id", "7"]);
    assert_eq!(result.status, 1);
    assert_eq!(
        result.err,
        "error: missing: the service's address (GROUP_DISPATCH_URL), key (GROUP_DISPATCH_API_KEY); \
         `group-dispatch login` stores them in a profile\n"
    );
}

#[test]
fn the_offset_of_a_profile_belongs_to_its_service() {
    let store = TestStore::new();
    let event = r#"{"userId": 1, "agentAccount": "u", "whatsApp": "1", "source": 2, "detailStatus": 13, "createTime": "2024-07-08 19:25:31"}"#;
    assert_eq!(store.import(&store.file("events.ndjson", event)).status, 0);
    let server = store.serve();
    let user = User::new();
    user.writes(&format!(
        "[profiles.default]\nurl = '{}'\ntenant_id = 7\napi_key = 'k'\nutc_offset = '+02:00'\n",
        server.url
    ));
    let time = |arguments: &[&str]| {
        let result = user.says(&[&["log", "--source", "mobile", "--output", "csv"], arguments].concat());
        result.out.lines().nth(1).unwrap().split(',').next().unwrap().to_owned()
    };
    assert_eq!(time(&[]), "2024-07-08T17:25:31+00:00");
    assert_eq!(time(&["--utc-offset", "+01:00"]), "2024-07-08T18:25:31+00:00");
    assert_eq!(
        time(&["--url", &server.url]),
        "2024-07-08T11:25:31+00:00",
        "the offset of a profile does not apply to another service"
    );
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_read_is_rejected() {
    let user = User::new();
    user.writes("[profiles.default]\napi_key = 'secret'\n");
    for mode in [0o644, 0o640, 0o604, 0o620] {
        user.permit(mode);
        for arguments in [vec!["all"], vec!["logout"], vec!["login", "--tenant-id", "7"]] {
            let result = user.says(&arguments);
            let path = user.file().display().to_string();
            let expected = format!("error: other users can read the keys in {path}; run `chmod 600 {path}`\n");
            assert_eq!((result.status, result.err), (1, expected), "{mode:o} {arguments:?}");
        }
    }
}

#[test]
fn an_invalid_file_is_rejected_with_the_line_and_without_the_key() {
    let user = User::new();
    let malformed = "is not valid TOML; correct this line";
    let unexpected = "is not a valid profile; expected default_profile, and url, tenant_id, api_key and utc_offset \
                      under [profiles.NAME]";
    for (text, line, reason) in [
        ("[profiles.a]\napi_key = 'secret\n", 2, malformed),
        ("[profiles.a]\napi_key = secret\n", 2, malformed),
        ("[profiles.a]\n\napi_kye = 'secret'\n", 3, unexpected),
        ("[profiles.a]\napi_key = 4321\n", 2, unexpected),
        ("[profiles.a]\ntenant_id = 'secret'\n", 2, unexpected),
        ("[profiles.a]\nutc_offset = 'secret'\n", 2, unexpected),
        ("\nprofile = 'secret'\n", 2, unexpected),
        ("profiles = 'secret'\n", 1, unexpected),
    ] {
        user.writes(text);
        let result = user.says(&["all"]);
        let expected = format!("error: line {line} of {} {reason}\n", user.file().display());
        assert_eq!((result.status, result.err), (1, expected), "{text}");
        assert_eq!(user.logs_in("k", &["--tenant-id", "7", "--no-check"]).status, 1);
        assert_eq!(user.text(), text, "an invalid file is not overwritten");
    }
}
