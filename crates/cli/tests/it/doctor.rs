//! `group-dispatch doctor`: its reports on services, as snapshots.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    process::{Command, Stdio},
    time::Duration,
};

use crate::common::{
    TestStore,
    closed_port::ClosedPort,
    command,
    mirrored::{gap, looks, now},
    run, to_result,
};
use group_dispatch_client::{
    Credentials,
    types::{BusinessCode, Source},
};
use group_dispatch_httpmock::{
    AnyOperation, Clock, GetLatestOnlineWhatsAccount, MockResponse, QueryAllOlWhatsAppInfo, QueryUserStatus,
    RespondExt, httpmock::MockServer,
};
use group_dispatch_server::store::MirroredFacts;
use insta::assert_snapshot;
use regex::Regex;

const KEY: &str = "kept-to-oneself";

/// Returns a doctor command for tenant 7 with a key, and this address.
fn doctor(url: &str) -> Command {
    let mut command = command();
    command.args(["doctor", "--url", url, "--tenant-id", "7"]).env("GROUP_DISPATCH_API_KEY", KEY);
    command
}

/// Returns all output and the exit status, without the parts that differ from run to run.
fn found(doctor: &mut Command) -> String {
    let result = run(doctor);
    let text = format!("{}{}exit status {}", result.out, result.err, result.status);
    assert!(!text.contains(KEY), "{text}");
    // A Date header has whole seconds, so that a measured difference may be off by one.
    let patterns = [
        (r"\d+\.\d ms", "TIME ms"),
        (r"127\.0\.0\.1:\d\d+", "127.0.0.1:PORT"),
        ("59m 59s|1h 1s", "1h"),
        ("1m 39s|1m 41s", "1m 40s"),
        // After the patterns above, which may match such seconds.
        ("[12]s (ahead of|behind) the service's", "the same as the service's, to a second"),
    ];
    patterns
        .iter()
        .fold(text, |text, (pattern, shown)| Regex::new(pattern).unwrap().replace_all(&text, *shown).into_owned())
}

/// Starts a service like the vendor's that knows the key of tenant 7, with this clock.
fn service(clock: Clock) -> MockServer {
    let server = MockServer::start();
    server.respond_to(AnyOperation, MockResponse::empty().signed_by(Credentials::new(7, KEY)).on_clock(clock));
    server
}

#[test]
fn all_checks_pass() {
    let store = TestStore::new();
    let server = store.serve();
    assert_snapshot!(found(doctor(&server.url).args(["--api-key", "k"])));
}

#[test]
fn the_freshness_and_the_gaps_of_a_mirror_are_checked() {
    let store = TestStore::new();
    let now = now();
    let gaps = vec![gap(12, None, now - 2 * 86_400_000)];
    store.mirror(MirroredFacts { looks: looks(Source::Pc, now), gaps, ..MirroredFacts::default() });
    let server = store.serve();
    let history = |server: &str| {
        let text = found(doctor(server).args(["--api-key", "k"]));
        let text = Regex::new(r"looked at (2h )?[\dms ]+ago").unwrap().replace_all(&text, "looked at ${1}TIME ago");
        let lines = text.lines().skip_while(|line| !line.contains("freshness")).map(|line| format!("{line}\n"));
        lines.collect::<String>()
    };
    let fresh = history(&server.url);
    drop(server);
    let gaps = vec![gap(12, None, now - 3_600_000), gap(12, None, now - 60_000)];
    let looks = looks(Source::Mobile, now - 7_210_000);
    store.mirror(MirroredFacts { looks, gaps, ..MirroredFacts::default() });
    let stale = history(&store.serve().url);
    assert_snapshot!([fresh, stale].join("\n"));
}

#[test]
fn the_vendors_service_is_recognized() {
    assert_snapshot!(found(&mut doctor(&service(Clock::default()).base_url())));
}

#[test]
fn the_origin_of_each_setting_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let closed = ClosedPort::new();
    let configuration = || {
        let mut doctor = command();
        doctor.arg("doctor").env("XDG_CONFIG_HOME", folder.path()).env("APPDATA", folder.path());
        let folder = folder.path().display().to_string();
        found(doctor.env("GROUP_DISPATCH_URL", closed.url())).replace(&folder, "FOLDER")
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
fn a_wrong_key_and_an_unknown_tenant_look_the_same() {
    let store = TestStore::new();
    let server = store.serve();
    let wrong_key = found(&mut doctor(&server.url));
    let mut unknown = command();
    unknown.args(["doctor", "--url", &server.url, "--tenant-id", "8"]).env("GROUP_DISPATCH_API_KEY", "k");
    assert_eq!(found(&mut unknown).replace("tenant 8", "tenant 7"), wrong_key);
    assert_snapshot!(wrong_key);
}

#[test]
fn the_port_is_closed() {
    assert_snapshot!(found(&mut doctor(&ClosedPort::new().url())));
}

#[test]
fn the_host_does_not_exist() {
    assert_snapshot!(found(&mut doctor("http://nobody.invalid")));
}

#[test]
fn a_proxy_connects_to_a_host_that_is_unknown_here() {
    let proxy = service(Clock::default());
    assert_snapshot!(found(doctor("http://nobody.invalid").env("http_proxy", proxy.base_url())));
}

#[test]
fn the_address_is_invalid() {
    let texts = ["127.0.0.1:8080", "ftp://127.0.0.1", "https://user:secret@127.0.0.1"].map(|url| {
        let text = found(&mut doctor(url));
        assert!(!text.contains("secret"), "{text}");
        text
    });
    assert_snapshot!(texts.join("\n\n"));
}

#[test]
fn https_to_an_http_server() {
    let store = TestStore::new();
    let server = store.serve();
    assert_snapshot!(found(&mut doctor(&server.url.replace("http:", "https:"))));
}

#[test]
fn another_service_responds() {
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

/// Responds like a TLS server to other data.
#[test]
fn http_to_a_server_of_another_protocol() {
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

/// A difference of an hour is rejected. The client then signs by the service's clock, so that the key can still be
/// checked.
#[test]
fn the_clock_is_wrong() {
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
fn colors_are_for_terminals() {
    let closed = ClosedPort::new();
    let text = found(doctor(&closed.url()).args(["--color", "always"]));
    let plain = found(&mut doctor(&closed.url()));
    assert!(text.contains("\x1b[31mfailed") && text.contains("\x1b[32mok"), "{text}");
    assert!(!plain.contains('\x1b'), "{plain}");
}

#[test]
fn the_exit_status_is_the_same_if_standard_output_is_closed() {
    let store = TestStore::new();
    let server = store.serve();
    let wrong_in_the_end = MockServer::start();
    wrong_in_the_end.respond_to(GetLatestOnlineWhatsAccount, MockResponse::proxy_page(502));
    wrong_in_the_end.respond_to(AnyOperation, MockResponse::empty());
    let closed = ClosedPort::new();
    for (url, expected) in [
        (&*server.url, (0, "")),
        (&*closed.url(), (1, "error: failed checks: connection\n")),
        (&*wrong_in_the_end.base_url(), (1, "error: failed checks: getLatestOnlineWhatsAccount\n")),
    ] {
        let mut doctor = doctor(url);
        doctor.args(["--api-key", "k"]).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = doctor.spawn().unwrap();
        drop(child.stdout.take());
        let result = to_result(child.wait_with_output().unwrap());
        assert_eq!((result.status, result.err.as_str()), expected, "{url}");
    }
}

/// The server listens and never responds. The default timeout would take 30 seconds.
#[test]
fn the_timeout_applies_to_each_check() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let began = std::time::Instant::now();
    assert_snapshot!(found(doctor(&url).args(["--timeout", "200ms"])));
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    let result = run(doctor(&url).args(["--timeout", "0"]));
    assert_eq!(result.status, 2, "{}", result.err);
}

/// A client spaces requests of one query by 20 ms, and queryAllOlWhatsAppInfo is sent twice. It must not take longer
/// than another query; the fastest of several runs are compared.
#[test]
fn the_measured_time_excludes_the_clients_rate_limit() {
    let server = service(Clock::default());
    let time = |text: &str, query: &str| {
        let pattern = Regex::new(&format!(r"{query}: response in (\d+\.\d) ms")).unwrap();
        pattern.captures(text).unwrap()[1].parse::<f64>().unwrap()
    };
    let (mut repeated, mut first) = (f64::MAX, f64::MAX);
    for _ in 0..10 {
        let result = run(&mut doctor(&server.base_url()));
        repeated = repeated.min(time(&result.out, "queryAllOlWhatsAppInfo"));
        first = first.min(time(&result.out, "queryUserStatus"));
    }
    assert!(repeated < 2.0 * first + 5.0, "{repeated} ms, the other {first} ms");
}

#[test]
fn invalid_parts_of_a_response_are_reported_without_values() {
    let server = MockServer::start();
    let agents = r#"{"code":200,"message":"ok","data":[{"userId":"jack","agentAccount":"a","whatsAppList":[]},
        {"userId":1,"agentAccount":null,"whatsAppList":[]}]}"#;
    // Of two matching mocks, the first one responds.
    server.respond_to(QueryUserStatus, MockResponse::raw(200, "application/json", agents));
    server.respond_to(AnyOperation, MockResponse::empty().signed_by(Credentials::new(7, KEY)));
    let text = found(&mut doctor(&server.base_url()));
    let line = text.lines().find(|line| line.contains("queryUserStatus:")).unwrap();
    assert_eq!(
        line,
        "warning  queryUserStatus: response in TIME ms; 1 element of the response is invalid and was left out: data[0]; 1 text \
         of the response is invalid and was repaired: data[1].agentAccount"
    );
    assert!(!text.contains("jack"), "{text}");
    assert!(text.ends_with("exit status 0"), "{text}");

    let mut online = command();
    online.args(["online", "--source", "pc", "--url", &server.base_url(), "--tenant-id", "7"]);
    let result = run(online.env("GROUP_DISPATCH_API_KEY", KEY));
    assert!(result.status == 0 && result.err.starts_with("warning: 1 element of the response"), "{}", result.err);
}
