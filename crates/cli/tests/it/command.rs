//! Queries, tenants, serving and the demo, as users run them.

use std::{
    io::{BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::Stdio,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use crate::common::{TestStore, closed_port::ClosedPort, command, next_line, run, sample, signal, to_result};
use group_dispatch_client::Credentials;
use group_dispatch_httpmock::{MockResponse, QueryAllOlWhatsAppInfo, RespondExt, httpmock::MockServer};
use serde_json::json;

/// The sample contains the records of the vendor's page, so that its five example queries return its example responses.
#[test]
fn the_example_queries_of_the_page_return_its_responses() {
    let store = TestStore::new();
    assert_eq!(store.import(&sample()).status, 0);
    let server = store.serve();

    let online = server.json(&["online", "--source", "2", "--user-id", "12", "--user-name", ""]);
    let page = json!([{ "userId": 12, "agentAccount": "u1", "whatsAppList": [{ "whatsApp": "861821371272", "name": "jack" }] }]);
    assert_eq!(online, page);

    let all = server.json(&["all"]);
    let agent = all[0]["list"].as_array().unwrap().iter().find(|agent| agent["userId"] == 868_024).unwrap();
    assert_eq!((&agent["agentAccount"], &agent["userName"]), (&json!("202503101"), &json!("202503101")));
    assert!(
        agent["whatsAppList"].as_array().unwrap().contains(&json!({ "whatsApp": "8618217331413", "name": "chen" }))
    );

    let account = server.json(&["account", "8618217331411"]);
    let page = json!([{ "agentAccount": "202503101", "whatsApp": "8618217331411", "source": 1, "userId": "868024" }]);
    assert_eq!(account, page);
    assert_eq!(server.json(&["account", "+86 182-1733-1412", "--source", "cloud"])[0]["source"], 3);
    assert_eq!(server.json(&["account", "8618217331412"])[0]["source"], 3, "it is only on a cloud computer");

    let log = server.json(&["log", "--source", "mobile", "--whatsapp", "573125704139", "--agent-account", ""]);
    let page = json!([{ "userId": 621_443, "agentAccount": "lsl001", "whatsAppList": [{
        "whatsApp": "573125704139", "name": "", "status": 20, "source": 2, "countryCode": "哥伦比亚",
        "detailStatus": 42, "createTime": "2024-07-08T11:25:31+00:00",
    }] }]);
    assert_eq!(log, page);

    let recent = server.json(&["recent", "--source", "pc", "--user-id", "621443"]);
    let page = json!([{ "agentAccount": "lsl001", "userId": 621_443,
        "whatsAppList": [{ "whatsApp": "234567892", "name": "zhang", "status": 10 }] }]);
    assert_eq!(recent, page);
}

/// Text of a response can neither control the terminal nor fake a row of a table.
#[test]
fn control_characters_in_responses_are_replaced() {
    let store = TestStore::new();
    let steering = "\x1b[2J\u{9b}1m\x7f\r\nfor\tged \u{202e}\u{2066}";
    let event = json!({ "userId": 12, "agentAccount": steering, "userName": steering, "whatsApp": "100",
        "name": steering, "source": 2, "countryCode": steering, "detailStatus": 13, "createTime": 1_720_437_931 });
    assert_eq!(store.import(&store.file("events.ndjson", &event.to_string())).status, 0);
    let server = store.serve();
    let questions = ["online --source mobile", "all", "account 100 --source 2", "log --source 2", "recent --source 2"];
    let forms = ["table", "csv"];
    for (question, form) in questions.into_iter().flat_map(|question| forms.map(|form| (question, form))) {
        let result = server.ask(&[&question.split(' ').collect::<Vec<_>>()[..], &["--output", form]].concat());
        assert_eq!((result.status, result.out.lines().count()), (0, 2), "{question}: {}", result.out);
        assert!(result.out.contains("for\u{fffd}ged"), "{question}: {}", result.out);
        assert!(!result.out.replace('\n', "").contains(char::is_control), "{question}");
        assert!(!result.out.contains(['\u{202e}', '\u{2066}']), "{question}");
    }
    // In JSON, control characters are escaped, so that programs get the same text.
    for form in ["json", "ndjson"] {
        let out = server.ask(&["all", "--output", form]).out;
        assert!(!out.replace('\n', "").contains(char::is_control) && !out.contains(['\u{202e}', '\u{2066}']), "{out}");
        let answer: serde_json::Value = serde_json::from_str(&out).unwrap();
        let agent = if form == "json" { &answer[1]["list"][0] } else { &answer };
        assert_eq!(agent["userName"], steering, "{form}");
    }
}

#[test]
fn the_timeout_is_respected() {
    // Accepts connections and never responds.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    for (timeout, seconds) in [("300ms", 0.3), ("1", 1.0), ("1s", 1.0)] {
        let began = Instant::now();
        let result =
            run(command().args(["all", "--tenant-id", "7", "--api-key", "k", "--url", &url, "--timeout", timeout]));
        let late = began.elapsed().as_secs_f64() - seconds;
        let expected = format!(
            "error: the service at {url} did not respond in time; try again later; see `group-dispatch explain timeout`\n"
        );
        assert_eq!((result.status, result.err), (1, expected), "{timeout}");
        assert!((0.0..10.0).contains(&late), "{timeout}: {late}");
    }
    let store = TestStore::new();
    assert_eq!(store.serve().ask(&["all", "--timeout", "2m"]).status, 0);
}

#[test]
fn the_user_agent_names_the_command() {
    let server = MockServer::start();
    let calls = server.respond_to(QueryAllOlWhatsAppInfo, MockResponse::ok([]));
    let result = run(command().args(["all", "--tenant-id", "7", "--api-key", "k", "--url", &server.base_url()]));
    assert_eq!(result.status, 0, "{}", result.err);
    let requests = calls.requests();
    let headers = requests[0].headers_vec();
    let (_, agent) = headers.iter().find(|(name, _)| name == "user-agent").unwrap();
    assert!(agent.ends_with(concat!(" group-dispatch/", env!("CARGO_PKG_VERSION"))), "{agent}");
}

#[test]
fn control_characters_in_errors_are_replaced() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let service = std::thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        let mut request = BufReader::new(&connection);
        while next_line(&mut request) != "\r\n" {}
        let body = json!({ "code": 522, "message": "no\x1b[31m\nerror: for\u{202e}ged", "data": null }).to_string();
        let head = "HTTP/1.1 401 Unauthorized\r\ncontent-type: application/json\r\nconnection: close";
        write!(connection, "{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
    });
    let result = run(command().args(["all", "--tenant-id", "7", "--api-key", "k", "--url", &url]));
    service.join().unwrap();
    assert_eq!(result.status, 1);
    // The client removes control characters, the command those that control the direction of text.
    assert!(
        result.err.starts_with("error: the service refused the request: no [31m error: for\u{fffd}ged"),
        "{}",
        result.err
    );
    assert_eq!(result.err.lines().count(), 1);
}

#[test]
fn usage_errors_name_what_was_expected() {
    for (arguments, expected) in [
        (vec!["online"], "--source <SOURCE>"),
        (vec!["online", "--source", "7"], "expected a source: 1 (pc), 2 (mobile) or 3 (cloud)"),
        (vec!["all", "--timeout", "soon"], "expected a duration such as 10, 10s, 500ms, 2m, 24h or 7d"),
        (vec!["all", "--timeout", "0"], "expected a duration longer than zero"),
        (vec!["account", "12ab"], "expected a WhatsApp account"),
        (vec!["account", "1", "--source", "x"], "expected a source: 1 (pc), 2 (mobile) or 3 (cloud)"),
        (vec!["recent", "--source", "pc", "--user-id", "x1"], "expected an agent id"),
        (vec!["serve", "--database", "mysql://x"], "expected sqlite:// and the path of a file"),
        (vec!["tenant", "add", "7", "--database", "sqlite://:memory:"], "a database in memory would be lost"),
        (vec!["tenant", "list", "--database", "sqlite://store.db?mode=ro"], "parameters are not supported"),
        (vec!["serve", "--listen", "8081"], "expected an address and a port, such as 127.0.0.1:8080"),
        (vec!["serve", "--utc-offset", "8"], "expected an offset from UTC such as +08:00"),
        (vec!["serve", "--request-timeout", "0"], "0 is not in 1.."),
        (vec!["serve", "--otlp", "127.0.0.1:4318"], "expected the address of a collector with http:// or https://"),
        (
            vec!["serve", "--otlp", "grpc://127.0.0.1:4317"],
            "expected the address of a collector with http:// or https://",
        ),
        (
            vec!["serve", "--otlp", "http://here:4318?to=there"],
            "expected the address of a collector with http:// or https://",
        ),
        (vec!["serve", "--otlp", "http://me:secret@here:4318"], "the address must not contain a user or a password"),
        (vec!["tenant", "add", "x"], "expected a tenant id"),
    ] {
        let mut command = command();
        command.args(&arguments).env("GROUP_DISPATCH_URL", "http://nobody.invalid");
        let result = run(command.env("GROUP_DISPATCH_TENANT_ID", "7").env("GROUP_DISPATCH_API_KEY", "k"));
        assert_eq!(result.status, 2, "{arguments:?}: {}", result.err);
        assert!(result.err.contains(expected), "{arguments:?}: {}", result.err);
    }
}

#[test]
fn a_rejected_query_is_explained_without_the_key() {
    let store = TestStore::new();
    let server = store.serve();
    let mut asked = command();
    asked.args(["all", "--tenant-id", "7", "--api-key", "wrong-secret", "--url", &server.url]);
    let result = run(&mut asked);
    assert_eq!((result.status, result.out.as_str()), (1, ""));
    assert_eq!(
        result.err,
        format!(
            "error: the service refused the request: accessToken is error (code 522, The token is wrong; HTTP 401); check the \
             tenant's id and its key; see {}/docs/error-522.html\n",
            server.url
        )
    );
    let closed = ClosedPort::new();
    let mut asked = command();
    asked.args(["all", "--tenant-id", "7", "--api-key", "wrong-secret", "--url", &closed.url()]);
    let result = run(&mut asked);
    assert_eq!(result.status, 1);
    assert_eq!(
        result.err,
        format!(
            "error: nothing listens at {}; check the address, and that the server is running; see `group-dispatch explain \
             connection`\n",
            closed.url()
        )
    );
    let mut https = command();
    let address = server.url.replace("http:", "https:");
    https.args(["all", "--tenant-id", "7", "--api-key", "wrong-secret", "--url", &address]);
    let result = run(&mut https);
    assert_eq!(result.status, 1);
    assert_eq!(
        result.err,
        format!(
            "error: the server at {address} does not speak https; try http://; see `group-dispatch explain connection`\n"
        )
    );
}

#[test]
fn tenants_are_added_listed_and_removed() {
    let store = TestStore::new();
    let ask = |arguments: &[&str]| run(&mut store.command(&[&["tenant"], arguments].concat()));
    let made = ask(&["add", "500766"]);
    // Only the key, for scripts.
    let key = made.out.strip_suffix('\n').unwrap();
    assert!(key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit()), "{key}");
    assert_eq!(made.err, "added tenant 500766; its API key, which is not shown again:\n");
    let again = ask(&["add", "500766"]);
    assert_eq!(again.status, 1);
    let expected = "error: tenant 500766 exists already; `group-dispatch tenant key add 500766 --may ask-and-feed` adds a key \
                    beside those that it has; --replace-key replaces its key, and the old one is invalid at once\n";
    assert_eq!(again.err, expected);
    let replaced = ask(&["add", "500766", "--replace-key"]);
    let expected =
        "replaced the key of tenant 500766 (the old one is invalid now); its API key, which is not shown again:\n";
    assert_eq!(replaced.err, expected);
    assert!(replaced.out.len() == key.len() + 1 && replaced.out != made.out, "{}", replaced.out);
    assert_eq!(ask(&["add", "8", "--api-key", " "]).status, 2);

    assert_eq!(store.import(&sample()).status, 0);
    let listed: Vec<String> =
        ask(&["list"]).out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(listed, ["TENANT EVENTS", "7 3452", "500766 0"]);

    let refused = ask(&["remove", "7"]);
    assert_eq!(refused.status, 1);
    assert_eq!(
        refused.err,
        "error: tenant 7 has 3452 events, which would be removed as well; pass --yes to remove them\n"
    );
    assert_eq!(ask(&["remove", "7", "--yes"]).out, "removed tenant 7 with 3452 events\n");
    assert_eq!(ask(&["remove", "500766"]).status, 0);
    assert_eq!(ask(&["remove", "500766"]).status, 1);
    assert_eq!(ask(&["list"]).out.trim(), "there are no tenants");
}

#[test]
fn a_generated_key_that_is_not_printed_is_an_error() {
    let store = TestStore::new();
    let mut add = store.command(&["tenant", "add", "8"]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let result = to_result(add.stdin(Stdio::null()).stdout(writer).stderr(Stdio::piped()).output().unwrap());
    assert_eq!(result.status, 1);
    let expected = "error: the key was not printed, because standard output is closed; `group-dispatch tenant add 8 --replace-key` \
                    generates another one";
    assert_eq!(result.err.lines().last(), Some(expected));
}

#[test]
fn a_mistyped_database_is_not_created() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("mistyped.db");
    let file = folder.path().join("events.ndjson");
    std::fs::write(&file, "").unwrap();
    let file = file.to_str().unwrap();
    for arguments in [vec!["tenant", "list"], vec!["tenant", "remove", "7"], vec!["import", file, "--tenant", "7"]] {
        let result = run(command().args(&arguments).arg(format!("--database=sqlite://{}", missing.display())));
        let expected = format!(
            "error: cannot open the database {}: there is no such file, or it is empty; --database names another, \
             `group-dispatch tenant add ID` and `group-dispatch serve --create` create it\n",
            missing.display()
        );
        assert_eq!((result.status, result.err), (1, expected), "{arguments:?}");
        assert!(!missing.exists(), "{arguments:?}");
    }
}

#[test]
fn an_error_about_opening_a_database_names_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("text"), "text").unwrap();
    // The header contains the program and the version of the database.
    let store = TestStore::new();
    let store = std::fs::read(store.database().strip_prefix("sqlite://").unwrap()).unwrap();
    for (name, field) in [("foreign.db", 68), ("newer.db", 60)] {
        let mut changed = store.clone();
        changed[field..field + 4].copy_from_slice(&1_000_u32.to_be_bytes());
        std::fs::write(path(name), changed).unwrap();
    }
    for (name, reason) in [
        ("text", "it is not a SQLite database"),
        ("foreign.db", "it is the SQLite database of another program"),
        ("newer.db", "a newer version of this program wrote it: start that one, or restore the backup made before it"),
        ("missing/store.db", "its directory does not exist"),
        ("", "it is a directory"),
    ] {
        let path = path(name).display().to_string();
        let result = run(command().args(["tenant", "add", "7", "--database", &format!("sqlite://{path}")]));
        assert_eq!((result.status, result.err), (1, format!("error: cannot open the database {path}: {reason}\n")));
    }
}

#[cfg(unix)]
#[test]
fn an_error_about_permissions_names_file_and_directory() {
    use std::os::unix::fs::PermissionsExt;
    let store = TestStore::new();
    let database = store.database();
    let path = database.strip_prefix("sqlite://").unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o400)).unwrap();
    if std::fs::OpenOptions::new().append(true).open(path).is_ok() {
        eprintln!("skipped: the superuser can write any file");
        return;
    }
    let result = run(&mut store.command(&["tenant", "list"]));
    let reason = "the file and its directory have to be readable and writable";
    assert_eq!((result.status, result.err), (1, format!("error: cannot open the database {path}: {reason}\n")));
}

#[test]
fn a_server_continues_if_its_log_is_closed() {
    let store = TestStore::new();
    let mut server = store.serve();
    server.log = None;
    for _ in 0..3 {
        assert_eq!(server.json(&["all"])[0]["source"], 1);
    }
}

#[test]
fn a_log_has_colors_only_if_they_are_enabled() {
    let store = TestStore::new();
    for (color, is_wanted) in [("auto", false), ("never", false), ("always", true)] {
        let mut serve = store.command(&["serve", "--listen", "127.0.0.1:0", "--log-format", "text", "--color", color]);
        let mut child = serve.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let line = next_line(&mut BufReader::new(child.stderr.take().unwrap()));
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(line.contains('\u{1b}'), is_wanted, "{color}: {line}");
    }
}

/// Starts a server that may open 200 files.
#[cfg(unix)]
fn serve_with_few_files(store: &TestStore) -> crate::common::Server {
    let serve = store.command(&["serve", "--listen", "127.0.0.1:0"]);
    let mut limited = std::process::Command::new("sh");
    limited.args(["-c", "ulimit -n 200 && exec \"$@\"", "sh"]).arg(serve.get_program()).args(serve.get_args());
    TestStore::serve_by(limited.env("GROUP_DISPATCH_DATABASE", store.database()))
}

/// Each connection is an open file, and the database needs some as well.
#[test]
#[cfg(unix)]
fn connections_are_limited_by_the_open_file_limit() {
    let store = TestStore::new();
    let server = serve_with_few_files(&store);
    let address = server.url.strip_prefix("http://").unwrap();
    let held: Vec<_> = (0..72).map(|_| TcpStream::connect(address).unwrap()).collect();
    let refused = server.ask(&["all", "--timeout", "1s"]);
    assert_eq!(refused.status, 1, "{}", refused.err);
    drop(held);
    assert_eq!(server.ask(&["all"]).status, 0);
}

/// A client opens more connections than the process may have files.
#[cfg(unix)]
#[test]
fn health_is_answered_when_files_are_exhausted() {
    let store = TestStore::new();
    let server = serve_with_few_files(&store);
    let address = server.url.strip_prefix("http://").unwrap();
    let began = Instant::now();
    let _silent: Vec<_> = (0..600).map(|_| TcpStream::connect(address).unwrap()).collect();
    assert!(ask_operator(address, "/healthz").starts_with("HTTP/1.1 200 "));
    // By itself, a connection that is being refused and sends nothing is closed after five seconds.
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

/// A request without its body delays the shutdown, until a second signal.
#[cfg(unix)]
#[test]
fn a_second_signal_stops_the_server_at_once() {
    let store = TestStore::new();
    let mut server = store.serve();
    let mut connection = TcpStream::connect(server.url.strip_prefix("http://").unwrap()).unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis().to_string();
    write!(
        connection,
        "POST /group-dispatch-api/user/queryUserStatus HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\n\
         tenant_id: 7\r\ntimestamp: {now}\r\ntoken: {}\r\ncontent-length: 13\r\nexpect: 100-continue\r\n\r\n",
        Credentials::new(7, "k").token(&now)
    )
    .unwrap();
    // The server waits for the body.
    assert_eq!(next_line(&mut BufReader::new(&connection)), "HTTP/1.1 100 Continue\r\n");
    signal(&server.child, "INT");
    let mut log = server.log.take().unwrap();
    while !next_line(&mut log).contains("\"stopping") {}
    assert!(server.child.try_wait().unwrap().is_none(), "the server waits for the request");
    signal(&server.child, "INT");
    assert_eq!(server.child.wait().unwrap().code(), Some(1));
    let mut rest = String::new();
    log.read_to_string(&mut rest).unwrap();
    let rest: serde_json::Value = serde_json::from_str(&rest).unwrap();
    assert_eq!(rest["error"], "stopped by a second signal; running requests were aborted");
}

#[cfg(unix)]
#[test]
fn serve_stops_at_sigterm_and_at_ctrl_c() {
    for name in ["TERM", "INT"] {
        let store = TestStore::new();
        let mut server = store.serve();
        assert_eq!(server.ask(&["all"]).status, 0);
        signal(&server.child, name);
        assert_eq!(server.child.wait().unwrap().code(), Some(0), "SIG{name}");
        let mut log = String::new();
        server.log.take().unwrap().read_to_string(&mut log).unwrap();
        assert!(log.lines().last().unwrap().contains("\"stopped\""), "{log}");
        let database = store.database();
        let path = database.strip_prefix("sqlite://").unwrap();
        assert!(!std::path::Path::new(&format!("{path}-wal")).exists(), "the store is closed");
    }
}

/// The whole response to a GET request.
#[cfg(unix)]
fn ask_operator(address: &str, path: &str) -> String {
    let mut connection = TcpStream::connect(address).unwrap();
    write!(connection, "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
    let mut response = String::new();
    connection.read_to_string(&mut response).unwrap();
    response
}

/// A second signal ends the draining, which would take an hour.
#[cfg(unix)]
#[test]
fn a_draining_server_serves_everything_and_is_not_ready() {
    let store = TestStore::new();
    let mut server = TestStore::serve_by(&mut store.command(&["serve", "--listen", "127.0.0.1:0", "--drain", "3600"]));
    let address = server.url.strip_prefix("http://").unwrap().to_owned();
    assert!(ask_operator(&address, "/readyz").starts_with("HTTP/1.1 200 "));
    signal(&server.child, "TERM");
    let mut log = server.log.take().unwrap();
    while !next_line(&mut log).contains("\"draining") {}
    let draining = ask_operator(&address, "/readyz");
    assert!(draining.starts_with("HTTP/1.1 503 "), "{draining}");
    let body: serde_json::Value = serde_json::from_str(draining.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    assert_eq!(body["status"], "draining");
    assert_eq!((&body["queries"]["works"], &body["feeds"]["works"]), (&true.into(), &true.into()), "{body}");
    assert_eq!(server.ask(&["all"]).status, 0);
    signal(&server.child, "TERM");
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
    let mut rest = String::new();
    log.read_to_string(&mut rest).unwrap();
    assert!(rest.lines().last().unwrap().contains("\"stopped\""), "{rest}");
    assert!(TcpStream::connect(&address).is_err());
}

/// The draining ends by itself.
#[cfg(unix)]
#[test]
fn a_server_stops_after_draining() {
    let store = TestStore::new();
    let mut server = TestStore::serve_by(&mut store.command(&["serve", "--listen", "127.0.0.1:0", "--drain", "1"]));
    signal(&server.child, "TERM");
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}

#[test]
fn an_error_names_an_address_in_use() {
    let store = TestStore::new();
    let server = store.serve();
    let address = server.url.strip_prefix("http://").unwrap();
    let expected = format!("cannot listen on {address}; check that no other server listens there");
    let serve = |form: &[&str]| run(store.command(&["serve", "--listen", address]).args(form));
    for form in [["--log-format", "text"], ["--log", "off"]] {
        let result = serve(&form);
        assert_eq!(result.status, 1);
        assert!(result.err.contains(&format!("error: {expected}")), "{}", result.err);
    }
    let result = serve(&[]);
    assert_eq!(result.status, 1);
    let mut lines = result.err.lines().map(|line| serde_json::from_str(line).unwrap());
    let last: serde_json::Value = lines.next_back().unwrap();
    assert_eq!(last["level"], "ERROR");
    assert!(last["error"].as_str().unwrap().starts_with(&expected), "{last}");
}

#[test]
fn the_demo_prints_all_five_queries() {
    let result = run(command().args(["demo", "--once"]));
    assert_eq!((result.status, result.err.as_str()), (0, ""));
    for expected in [
        "3452 sample events are in a temporary store.",
        "`cargo run --release -- all`",
        "queryUserStatus: ",
        "861821371272",
        "queryAllOlWhatsAppInfo: ",
        "queryWhatsAppInfo: ",
        "8618217331412  cloud",
        "queryUserStatusLog: ",
        "Came online on mobile (13)",
        "getLatestOnlineWhatsAccount: ",
        "How up to date is the mirror?",
        "group-dispatch history --limit 12",
        "logged",
    ] {
        assert!(result.out.contains(expected), "{expected:?} is missing in {}", result.out);
    }
}

/// Until Ctrl-C; then the temporary files are removed.
#[cfg(unix)]
#[test]
fn the_commands_that_the_demo_prints_work() {
    let temporary = tempfile::tempdir().unwrap();
    let mut demo = command().arg("demo").env("TMPDIR", temporary.path()).stdout(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(demo.stdout.take().unwrap());
    let mut hints = Vec::new();
    while hints.last().is_none_or(|line: &String| !line.contains("until Ctrl-C")) {
        hints.push(next_line(&mut out));
    }
    let hint = |beginning: &str| hints.iter().rev().find_map(|line| line.trim().strip_prefix(beginning)).unwrap();
    let sh = |script: &str| to_result(std::process::Command::new("sh").args(["-c", script]).output().unwrap());
    let of_mirror = hints.iter().find_map(|line| line.trim().strip_prefix("export ")).unwrap();
    let program = hints[hints.len() - 3].trim().trim_end_matches(" all");
    let status = sh(&format!("export {of_mirror}; {program} mirror status --max-age 5m"));
    assert_eq!(status.status, 0, "{}{}", status.out, status.err);
    let asked = sh(&format!("export {}; {}", hint("export "), hints[hints.len() - 3].trim()));
    assert!(asked.out.contains("861821371272"), "{}{}", asked.out, asked.err);
    let curl = sh("curl --version");
    if curl.status == 0 {
        let asked = sh(&format!("curl {}", hint("curl ")));
        assert!(asked.out.contains("861821371272") && asked.out.contains("\"code\":200"), "{}{}", asked.out, asked.err);
    } else {
        eprintln!("skipped: there is no curl on this machine");
    }
    signal(&demo, "INT");
    assert_eq!(demo.wait().unwrap().code(), Some(0));
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0, "the temporary store is gone");
}

/// Of this seed, the simulated vendor has no outage after its first day.
#[cfg(unix)]
#[test]
fn the_simulated_vendor_of_the_demo_answers() {
    let mut demo = command();
    demo.args(["demo", "--vendor", "--seed", "7", "--listen", "127.0.0.1:0"]);
    let mut demo = demo.stdout(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(demo.stdout.take().unwrap());
    let mut hints = Vec::new();
    while hints.last().is_none_or(|line: &String| !line.contains("until Ctrl-C")) {
        hints.push(next_line(&mut out));
    }
    let export = hints.iter().find_map(|line| line.trim().strip_prefix("export ")).unwrap_or_default();
    let program = hints[hints.len() - 3].trim().trim_end_matches(" watch");
    let script = format!("export {export}; {program} recent --source pc --output ndjson");
    let asked = to_result(std::process::Command::new("sh").args(["-c", &script]).output().unwrap());
    signal(&demo, "INT");
    assert_eq!(demo.wait().unwrap().code(), Some(0));
    assert!(hints[0].contains("--seed 7 "), "{hints:?}");
    assert_eq!(asked.status, 0, "{}", asked.err);
    assert!(asked.out.lines().count() > 4, "{}", asked.out);
}

#[test]
fn flags_of_the_simulated_vendor_need_it() {
    for arguments in
        [&["demo", "--seed", "7"][..], &["demo", "--listen", "127.0.0.1:0"], &["demo", "--vendor", "--once"]]
    {
        let result = run(command().args(arguments));
        assert_eq!(result.status, 2, "{arguments:?}");
        assert!(result.err.contains("--vendor"), "{}", result.err);
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_demo_leaves_no_files() {
    let temporary = tempfile::tempdir().unwrap();
    let mut demo = command().arg("demo").env("TMPDIR", temporary.path()).stdout(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(demo.stdout.take().unwrap());
    next_line(&mut out);
    signal(&demo, "INT");
    assert_eq!(demo.wait().unwrap().code(), Some(0));
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0);
}
