//! `group-dispatch doctor`: what it finds out, to the letter.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    process::{Command, Stdio},
    time::Duration,
};

use common::{Place, command, nobody::Nobody, run};
use group_dispatch_client::{Credentials, types::BusinessCode};
use group_dispatch_httpmock::{
    AnyOperation, Clock, GetLatestOnlineWhatsAccount, MockResponse, QueryAllOlWhatsAppInfo, QueryUserStatus,
    RespondExt, httpmock::MockServer,
};
use insta::assert_snapshot;
use regex::Regex;

const KEY: &str = "kept-to-oneself";

/// A doctor for the tenant 7 with a key, at this address.
fn doctor(url: &str) -> Command {
    let mut command = command();
    command.args(["doctor", "--url", url, "--tenant-id", "7"]).env("GROUP_DISPATCH_API_KEY", KEY);
    command
}

/// What is said, all of it, and the exit status; without what differs from run to run.
fn found(doctor: &mut Command) -> String {
    let said = run(doctor);
    let text = format!("{}{}exit status {}", said.out, said.err, said.status);
    assert!(!text.contains(KEY), "{text}");
    // Dates have whole seconds: what is measured by them may be one off.
    let patterns = [
        (r"\d+\.\d ms", "TIME ms"),
        (r"127\.0\.0\.1:\d\d+", "127.0.0.1:PORT"),
        ("59m 59s|1h 1s", "1h"),
        ("1m 39s|1m 41s", "1m 40s"),
        // After those above, which may end in such seconds.
        ("[12]s (ahead of|behind) the service's", "the same as the service's, to a second"),
    ];
    patterns
        .iter()
        .fold(text, |text, (pattern, shown)| Regex::new(pattern).unwrap().replace_all(&text, *shown).into_owned())
}

/// A service in the vendor's manner that knows this key of tenant 7, by this clock.
fn service(clock: Clock) -> MockServer {
    let server = MockServer::start();
    server.respond_to(AnyOperation, MockResponse::empty().signed_by(Credentials::new(7, KEY)).on_clock(clock));
    server
}

#[test]
fn all_is_well() {
    let place = Place::new();
    let server = place.serve();
    assert_snapshot!(found(doctor(&server.url).args(["--api-key", "k"])));
}

#[test]
fn the_vendors_manner_is_known() {
    assert_snapshot!(found(&mut doctor(&service(Clock::default()).base_url())));
}

#[test]
fn a_profile_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let nobody = Nobody::new();
    let configuration = || {
        let mut doctor = command();
        doctor.arg("doctor").env("XDG_CONFIG_HOME", folder.path()).env("APPDATA", folder.path());
        let folder = folder.path().display().to_string();
        found(doctor.env("GROUP_DISPATCH_URL", nobody.url())).replace(&folder, "FOLDER")
    };
    let missing = configuration();
    let file = folder.path().join("group-dispatch").join("config.toml");
    std::fs::create_dir(file.parent().unwrap()).unwrap();
    let profile = format!("default_profile = 'work'\n[profiles.work]\ntenant_id = 7\napi_key = '{KEY}'");
    std::fs::write(&file, &profile).unwrap();
    let mode = |mode| {
        #[cfg(unix)]
        std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    };
    mode(0o644);
    let readable = configuration();
    mode(0o600);
    let private = configuration();
    std::fs::write(&file, profile.replace(KEY, &format!("{KEY} "))).unwrap();
    let spaced = configuration();
    std::fs::write(&file, profile.replace(KEY, "")).unwrap();
    let empty = configuration();
    assert_snapshot!([missing, readable, private, spaced, empty].join("\n\n"));
}

#[test]
fn a_wrong_key_and_an_unknown_tenant_are_refused_alike() {
    let place = Place::new();
    let server = place.serve();
    let wrong_key = found(&mut doctor(&server.url));
    let mut unknown = command();
    unknown.args(["doctor", "--url", &server.url, "--tenant-id", "8"]).env("GROUP_DISPATCH_API_KEY", "k");
    assert_eq!(found(&mut unknown).replace("tenant 8", "tenant 7"), wrong_key);
    assert_snapshot!(wrong_key);
}

#[test]
fn nobody_listens() {
    assert_snapshot!(found(&mut doctor(&Nobody::new().url())));
}

#[test]
fn there_is_no_such_host() {
    assert_snapshot!(found(&mut doctor("http://nobody.invalid")));
}

#[test]
fn a_proxy_may_reach_what_cannot_be_reached_directly() {
    let proxy = service(Clock::default());
    assert_snapshot!(found(doctor("http://nobody.invalid").env("http_proxy", proxy.base_url())));
}

#[test]
fn an_address_that_is_none() {
    let texts = ["127.0.0.1:8080", "ftp://127.0.0.1", "https://user:secret@127.0.0.1"].map(|url| {
        let text = found(&mut doctor(url));
        assert!(!text.contains("secret"), "{text}");
        text
    });
    assert_snapshot!(texts.join("\n\n"));
}

#[test]
fn https_asked_of_who_speaks_http() {
    let place = Place::new();
    let server = place.serve();
    assert_snapshot!(found(&mut doctor(&server.url.replace("http:", "https:"))));
}

#[test]
fn another_service_answers() {
    let pages = [
        MockResponse::proxy_page(200),
        MockResponse::proxy_page(503),
        MockResponse::raw(301, "text/html", "").header("location", "https://elsewhere.example/"),
        MockResponse::raw(200, "application/json", r#"{"code": 404, "message": "Not Found"}"#),
        MockResponse::raw(200, "application/json", r#"{"status": "up"}"#),
    ];
    let texts = pages.map(|page| {
        let server = MockServer::start();
        server.respond_to(AnyOperation, page);
        found(&mut doctor(&server.base_url()))
    });
    assert_snapshot!(texts.join("\n\n"));
}

/// As one does who speaks TLS, and gets something else.
#[test]
fn http_asked_of_who_speaks_something_else() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            if BufReader::new(&connection).read_line(&mut String::new()).unwrap() > 0 {
                connection.write_all(b"\x15\x03\x01\0\x02\x02\x46").unwrap();
            }
        }
    });
    assert_snapshot!(found(&mut doctor(&url)));
}

/// An hour is refused; the client signs by the service's clock then, so that the key can be judged all the same.
#[test]
fn a_clock_that_is_wrong() {
    let hour = Duration::from_secs(3600);
    let a_while = Duration::from_secs(100);
    let texts = [
        found(&mut doctor(&service(Clock::ahead(hour)).base_url())),
        found(doctor(&service(Clock::ahead(hour)).base_url()).args(["--api-key", "another"])),
        found(&mut doctor(&service(Clock::behind(a_while)).base_url())),
    ];
    assert_snapshot!(texts.join("\n\n"));
}

#[test]
fn one_query_fails() {
    let server = MockServer::start();
    server.respond_to(QueryUserStatus, MockResponse::business(BusinessCode::DatabaseError));
    server.respond_to(QueryAllOlWhatsAppInfo, [MockResponse::empty().times(2), MockResponse::proxy_page(502)]);
    server.respond_to(AnyOperation, MockResponse::empty());
    assert_snapshot!(found(&mut doctor(&server.base_url())));
}

#[test]
fn colours_are_for_terminals() {
    let nobody = Nobody::new();
    let text = found(doctor(&nobody.url()).args(["--color", "always"]));
    let plain = found(&mut doctor(&nobody.url()));
    assert!(text.contains("\x1b[31mfailed") && text.contains("\x1b[32mok"), "{text}");
    assert!(!plain.contains('\x1b'), "{plain}");
}

#[test]
fn the_exit_status_does_not_depend_on_who_reads() {
    let place = Place::new();
    let server = place.serve();
    let wrong_in_the_end = MockServer::start();
    wrong_in_the_end.respond_to(GetLatestOnlineWhatsAccount, MockResponse::proxy_page(502));
    wrong_in_the_end.respond_to(AnyOperation, MockResponse::empty());
    let nobody = Nobody::new();
    for (url, expected) in [
        (&*server.url, (0, "")),
        (&*nobody.url(), (1, "error: failed checks: connection\n")),
        (&*wrong_in_the_end.base_url(), (1, "error: failed checks: getLatestOnlineWhatsAccount\n")),
    ] {
        let mut doctor = doctor(url);
        doctor.args(["--api-key", "k"]).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = doctor.spawn().unwrap();
        drop(child.stdout.take());
        let said = common::said(child.wait_with_output().unwrap());
        assert_eq!((said.status, said.err.as_str()), expected, "{url}");
    }
}

/// One listens and never answers. A test that waits for 30 seconds would be one of the default.
#[test]
fn the_time_for_each_answer_can_be_limited() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let began = std::time::Instant::now();
    assert_snapshot!(found(doctor(&url).args(["--timeout", "200ms"])));
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    let said = run(doctor(&url).args(["--timeout", "0"]));
    assert_eq!(said.status, 2, "{}", said.err);
}

/// A client spaces requests of one query by 20 ms, and queryAllOlWhatsAppInfo has been sent before. It takes no longer than
/// another query does: of several runs the fastest are compared.
#[test]
fn the_time_of_a_query_is_the_services_alone() {
    let server = service(Clock::default());
    let time = |text: &str, query: &str| {
        let pattern = Regex::new(&format!(r"{query}: answered in (\d+\.\d) ms")).unwrap();
        pattern.captures(text).unwrap()[1].parse::<f64>().unwrap()
    };
    let (mut repeated, mut first) = (f64::MAX, f64::MAX);
    for _ in 0..10 {
        let said = run(&mut doctor(&server.base_url()));
        repeated = repeated.min(time(&said.out, "queryAllOlWhatsAppInfo"));
        first = first.min(time(&said.out, "queryUserStatus"));
    }
    assert!(repeated < 2.0 * first + 5.0, "{repeated} ms, the other {first} ms");
}

#[test]
fn faults_of_an_answer_are_reported_without_values() {
    let server = MockServer::start();
    let agents = r#"{"code":200,"message":"ok","data":[{"userId":"jack","agentAccount":"a","whatsAppList":[]},
        {"userId":1,"agentAccount":null,"whatsAppList":[]}]}"#;
    // Of two mocks that match, the first answers.
    server.respond_to(QueryUserStatus, MockResponse::raw(200, "application/json", agents));
    server.respond_to(AnyOperation, MockResponse::empty().signed_by(Credentials::new(7, KEY)));
    let text = found(&mut doctor(&server.base_url()));
    let line = text.lines().find(|line| line.contains("queryUserStatus:")).unwrap();
    assert_eq!(
        line,
        "warning  queryUserStatus: answered in TIME ms; 1 element of the answer can't be read and is left out: data[0]; \
         1 text of the answer is broken and repaired: data[1].agentAccount"
    );
    assert!(!text.contains("jack"), "{text}");
    assert!(text.ends_with("exit status 0"), "{text}");

    let mut online = command();
    online.args(["online", "--source", "pc", "--url", &server.base_url(), "--tenant-id", "7"]);
    let said = run(online.env("GROUP_DISPATCH_API_KEY", KEY));
    assert!(said.status == 0 && said.err.starts_with("warning: 1 element of the answer"), "{}", said.err);
}
