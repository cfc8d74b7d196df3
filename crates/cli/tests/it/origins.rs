//! `group-dispatch profile`, and errors that name the origin of a wrong value.

use std::{
    io::{BufReader, Write},
    net::TcpListener,
    process::Command,
};

use crate::common::{TestStore, closed_port::ClosedPort, command, next_line, run, user::User};

#[test]
fn an_empty_key_is_rejected_with_its_origin() {
    let user = User::new();
    user.writes("[profiles.default]\nurl = 'http://127.0.0.1:1'\ntenant_id = 7\napi_key = ''\n");
    let profile = format!("of profile default in {}", user.file().display());
    for (arguments, origin) in [
        (vec!["all"], profile.as_str()),
        (vec!["all", "--api-key", ""], "given by --api-key"),
        (vec!["watch", "--api-key", " "], "given by --api-key"),
    ] {
        let result = user.says(&arguments);
        let expected = format!("error: the key {origin} is empty; expected the key of tenant 7\n");
        assert_eq!((result.status, result.err), (1, expected), "{arguments:?}");
    }
}

#[test]
fn an_invalid_address_is_rejected_with_its_origin() {
    let user = User::new();
    let pasted = "http://127.0.0.1:1/gd/group-dispatch-api/user/queryUserStatus";
    let problem = "ends in /group-dispatch-api/user/queryUserStatus, which is not part of the server's address; did \
                   you mean http://127.0.0.1:1/gd?";
    user.writes(&format!("[profiles.work]\nurl = '{pasted}'\ntenant_id = 7\napi_key = 'k'\n"));
    let profile = format!("of profile work in {}", user.file().display());
    let refused = |command: &mut Command, origin: &str| {
        let result = run(command);
        assert_eq!((result.status, result.err), (1, format!("error: the address {origin} {problem}\n")));
    };
    for question in ["all", "watch"] {
        refused(&mut user.command(&[question, "--profile", "work"]), &profile);
        refused(user.command(&[question]).env("GROUP_DISPATCH_PROFILE", "work"), &profile);
        let variable = "in the variable GROUP_DISPATCH_URL";
        let mut by_variable = user.command(&[question, "--tenant-id", "7", "--api-key", "k"]);
        refused(by_variable.env("GROUP_DISPATCH_URL", pasted), variable);
        refused(&mut user.command(&[question, "--profile", "work", "--url", pasted]), "given by --url");
    }
    let login = user.logs_in("k", &["--url", pasted, "--tenant-id", "7", "--no-check"]);
    assert_eq!((login.status, login.err), (1, format!("error: the address given by --url {problem}\n")));
}

/// A reverse proxy may serve several services under one host.
#[test]
fn an_address_with_the_path_of_a_proxy_is_used() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/proxy/gd/", listener.local_addr().unwrap());
    let proxy = std::thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        let mut request = BufReader::new(&connection);
        let first = next_line(&mut request);
        while next_line(&mut request) != "\r\n" {}
        let body = r#"{"code": 200, "message": "ok", "data": []}"#;
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
        write!(connection, "{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
        first
    });
    let result = run(command().args(["all", "--url", &url, "--tenant-id", "7", "--api-key", "k"]));
    assert_eq!((result.status, result.out.as_str()), (0, "no agent is online\n"), "{}", result.err);
    assert!(proxy.join().unwrap().starts_with("POST /proxy/gd/group-dispatch-api/user/queryAllOlWhatsAppInfo "));
}

#[test]
fn an_unknown_profile_is_rejected_with_its_origin() {
    let user = User::new();
    let path = user.file().display().to_string();
    let unknown = |name: &str| format!("there is no profile {name} in {path}");
    let hint = |name: &str| format!("`group-dispatch login --profile {name}` creates it");
    let flag = user.says(&["all", "--profile", "nope"]);
    assert_eq!(flag.err, format!("error: {}; {}\n", unknown("nope"), hint("nope")));
    let variable = run(user.command(&["all"]).env("GROUP_DISPATCH_PROFILE", "nope"));
    let by = "(named by the variable GROUP_DISPATCH_PROFILE)";
    assert_eq!(variable.err, format!("error: {}; {} {by}\n", unknown("nope"), hint("nope")));
    user.writes("default_profile = 'gone'\n");
    let use_another = "which its default_profile names; `group-dispatch profile use NAME` selects another";
    let expected = format!("error: {}, {use_another}, {}\n", unknown("gone"), hint("gone"));
    assert_eq!(user.says(&["all"]).err, expected);
}

#[test]
fn profiles_are_listed_shown_and_selected() {
    let user = User::new();
    let path = user.file().display().to_string();
    let none = format!("there are no profiles in {path}; `group-dispatch login` creates one\n");
    assert_eq!(user.says(&["profile", "list"]).out, none);
    user.writes(
        "default_profile = 'work' # by day\n[profiles.work]\nurl = 'http://127.0.0.1:1'\ntenant_id = 7\n\
         api_key = 'secret-of-work'\nutc_offset = '+01:00'\n[profiles.home]\nurl = 'http://me:secret@127.0.0.1'\n",
    );
    let listed = || {
        let result = user.says(&["profile", "list"]);
        assert_eq!((result.status, result.err.as_str()), (0, ""));
        assert!(!result.out.contains("secret"), "{}", result.out);
        let line = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        result.out.lines().skip(1).map(line).collect::<Vec<_>>()
    };
    let home = "home not shown, because it may contain a password not set";
    assert_eq!(listed(), [home, "* work http://127.0.0.1:1 7"]);

    let shown = user.says(&["profile", "show"]);
    let expected = format!(
        "profile     work (default)\naddress     http://127.0.0.1:1\ntenant      7\nAPI key     ********\n\
         UTC offset  +01:00\nfile        {path}\n"
    );
    assert_eq!((shown.status, shown.out), (0, expected), "{}", shown.err);
    let home_shown = user.says(&["profile", "show", "home"]).out;
    assert!(home_shown.contains("API key     not set") && !home_shown.contains("secret"), "{home_shown}");

    let used = user.says(&["profile", "use", "home"]);
    assert_eq!((used.status, used.out.as_str()), (0, "profile home is now the default profile\n"), "{}", used.err);
    assert!(user.text().starts_with("default_profile = \"home\" # by day\n[profiles.work]\n"), "{}", user.text());
    assert_eq!(listed(), [format!("* {home}"), "work http://127.0.0.1:1 7".to_owned()]);
    let mut overridden = user.command(&["profile", "use", "work"]);
    let result = run(overridden.env("GROUP_DISPATCH_PROFILE", "home").env("GROUP_DISPATCH_URL", "http://127.0.0.1:1"));
    assert_eq!(
        result.err,
        "the variable GROUP_DISPATCH_PROFILE overrides it with profile home\n\
         these variables override the profile, unless you pass --profile work: GROUP_DISPATCH_URL\n"
    );

    let unknown = format!("error: there is no profile nope in {path}; existing profiles: home, work\n");
    let result = user.says(&["profile", "use", "nope"]);
    assert_eq!((result.status, result.err), (1, unknown));
    assert!(user.text().starts_with("default_profile = \"work\" # by day\n"), "{}", user.text());
}

/// An address that can't be reached, or a rejected key, is named with the variable or profile that it comes from.
#[test]
fn errors_of_a_service_name_the_origin_of_address_and_key() {
    let store = TestStore::new();
    let server = store.serve();
    let user = User::new();
    user.writes(&format!("[profiles.default]\nurl = '{}'\ntenant_id = 7\napi_key = 'wrong'\n", server.url));
    let profile = format!("of profile default in {}", user.file().display());
    let refused = user.says(&["all"]).err;
    assert!(
        refused.ends_with(&format!(" (the address is {profile}, the tenant is {profile}, the key is {profile})\n")),
        "{refused}"
    );
    let key = run(user.command(&["all", "--tenant-id", "7"]).env("GROUP_DISPATCH_API_KEY", "other")).err;
    assert!(
        key.ends_with(&format!(" (the address is {profile}, the key is in the variable GROUP_DISPATCH_API_KEY)\n")),
        "{key}"
    );
    let all = run(user.command(&["all"]).env("GROUP_DISPATCH_URL", ClosedPort::new().url())).err;
    let end = "`group-dispatch explain connection` (the address is in the variable GROUP_DISPATCH_URL)\n";
    assert!(all.ends_with(end), "{all}");
}
