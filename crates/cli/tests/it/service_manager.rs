//! What `serve` reports to a service manager, on a socket of the test's own.
#![cfg(unix)]

use std::{
    fs,
    io::{BufRead, BufReader, ErrorKind, Read, Write},
    net::TcpStream,
    os::unix::net::UnixDatagram,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::common::{Server, TestStore, command, run, signal};

/// How long a test waits for a message or a response. The machine may be slow.
const WAIT_LIMIT: Duration = Duration::from_secs(60);

/// A service manager that receives messages.
struct Manager {
    socket: UnixDatagram,
    address: String,
    folder: TempDir,
}

impl Manager {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let (socket, address) = (UnixDatagram::bind(&path).unwrap(), path.display().to_string());
        Self::over(socket, address, folder)
    }

    #[cfg(target_os = "linux")]
    fn with_abstract_address() -> Self {
        use std::os::{linux::net::SocketAddrExt, unix::net::SocketAddr};
        let folder = tempfile::tempdir().unwrap();
        let name = format!("group-dispatch-test/{}", folder.path().display());
        let socket = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
        Self::over(socket, format!("@{name}"), folder)
    }

    fn over(socket: UnixDatagram, address: String, folder: TempDir) -> Self {
        socket.set_read_timeout(Some(WAIT_LIMIT)).unwrap();
        Self { socket, address, folder }
    }

    fn next(&self) -> Vec<String> {
        let mut buffer = [0; 4096];
        let length = self.socket.recv(&mut buffer).expect("a message");
        let message = String::from_utf8(buffer[..length].to_vec()).unwrap();
        message.lines().map(ToOwned::to_owned).collect()
    }

    /// Returns all messages that were sent, when nobody sends any more.
    fn rest(&self) -> Vec<Vec<String>> {
        self.socket.set_nonblocking(true).unwrap();
        let mut buffer = [0; 4096];
        let mut messages = Vec::new();
        while let Ok(length) = self.socket.recv(&mut buffer) {
            let message = String::from_utf8(buffer[..length].to_vec()).unwrap();
            messages.push(message.lines().map(ToOwned::to_owned).collect());
        }
        messages
    }

    fn until(&self, line: &str) -> Vec<Vec<String>> {
        let mut messages = Vec::new();
        let begun = Instant::now();
        while messages.last().is_none_or(|last: &Vec<String>| !last.iter().any(|said| said == line)) {
            messages.push(self.next());
            assert!(begun.elapsed() < WAIT_LIMIT * 2, "{line} was not sent: {messages:?}");
        }
        messages
    }

    /// Sends messages until there is no space for another.
    fn fill_queue(&self) {
        let mut has_space = true;
        while has_space {
            // What one socket has sent is limited as well, to less than a queue may hold.
            let sender = UnixDatagram::unbound().unwrap();
            sender.set_nonblocking(true).unwrap();
            has_space = false;
            let full = loop {
                match sender.send_to(b"FILLED=1", &self.address) {
                    Ok(_) => has_space = true,
                    Err(error) => break error,
                }
            };
            assert_eq!(full.kind(), ErrorKind::WouldBlock);
        }
    }

    fn serve(&self, store: &TestStore) -> Command {
        let mut serve = store.command(&["serve", "--listen", "127.0.0.1:0"]);
        serve.env("NOTIFY_SOCKET", &self.address);
        serve
    }
}

fn exit_code(mut server: Server) -> Option<i32> {
    server.log = None;
    server.child.wait().unwrap().code()
}

fn check_start_and_stop(manager: &Manager) {
    let store = TestStore::new();
    let mut server = TestStore::serve_by(&mut manager.serve(&store));
    let started = manager.until("READY=1");
    let opening = "STATUS=opening the database".to_owned();
    assert_eq!(started[0], [opening, "EXTEND_TIMEOUT_USEC=30000000".to_owned()]);
    let serving = format!("STATUS=serving at {}", server.url.trim_start_matches("http://"));
    assert_eq!(*started.last().unwrap(), ["READY=1".to_owned(), serving]);
    // It is ready: the first query is answered.
    assert_eq!(server.json(&["online", "--source", "mobile"]), serde_json::json!([]));
    server.stop();
    assert_eq!(exit_code(server), Some(0));
    let stopped = manager.rest();
    assert_eq!(stopped[0], ["STOPPING=1", "STATUS=stopping", "EXTEND_TIMEOUT_USEC=30000000"], "{stopped:?}");
    assert!(!stopped.iter().flatten().any(|line| line == "READY=1" || line == "WATCHDOG=1"), "{stopped:?}");
}

#[test]
fn a_server_reports_that_it_is_ready_and_that_it_stops() {
    check_start_and_stop(&Manager::new());
}

#[cfg(target_os = "linux")]
#[test]
fn a_manager_may_have_an_abstract_address() {
    check_start_and_stop(&Manager::with_abstract_address());
}

#[test]
fn a_failed_start_is_reported_without_being_ready() {
    let manager = Manager::new();
    let store = TestStore::new();
    let occupied = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = occupied.local_addr().unwrap().to_string();
    for arguments in [["--database", "sqlite:///nonexistent/store.db"], ["--metrics-listen", &address]] {
        let result = run(manager.serve(&store).args(arguments));
        assert_eq!(result.status, 1, "{}", result.err);
        let messages = manager.rest();
        let last = messages.last().unwrap();
        assert!(last[0].starts_with("STATUS=failed: cannot "), "{messages:?}");
        assert!(!messages.iter().flatten().any(|line| line == "READY=1"), "{messages:?}");
    }
}

/// A start that takes long is not ended by the manager, and a stop signal meanwhile is reported.
#[test]
fn a_long_start_asks_for_more_time() {
    let manager = Manager::new();
    let store = TestStore::new();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://user@{}/events?connect_timeout=600", silent.local_addr().unwrap());
    let mut child = manager.serve(&store).args(["--database", &url]).stderr(Stdio::null()).spawn().unwrap();
    for _ in 0..2 {
        assert_eq!(manager.next(), ["STATUS=opening the database", "EXTEND_TIMEOUT_USEC=30000000"]);
    }
    signal(&child, "TERM");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(manager.rest().iter().flatten().any(|line| line == "STOPPING=1"));
}

#[test]
fn a_draining_server_asks_for_more_time() {
    let manager = Manager::new();
    let store = TestStore::new();
    let server = TestStore::serve_by(manager.serve(&store).args(["--drain", "3600"]));
    manager.until("READY=1");
    signal(&server.child, "TERM");
    manager.until("STATUS=draining");
    // Again and again, while it lasts.
    for _ in 0..2 {
        assert!(manager.next().contains(&"EXTEND_TIMEOUT_USEC=30000000".to_owned()));
    }
    signal(&server.child, "TERM");
    assert_eq!(exit_code(server), Some(0));
    assert!(manager.rest().iter().flatten().any(|line| line == "STATUS=stopping"));
}

#[test]
fn the_watchdog_gets_messages_while_the_server_answers() {
    let manager = Manager::new();
    let store = TestStore::new();
    let _server = TestStore::serve_by(manager.serve(&store).env("WATCHDOG_USEC", "600000"));
    manager.until("READY=1");
    for _ in 0..3 {
        assert_eq!(manager.next(), ["WATCHDOG=1"]);
    }
}

/// The server responds while the queue is full, and sends `READY=1` when there is space again.
#[test]
fn a_manager_that_reads_late_gets_the_ready_message() {
    let manager = Manager::new();
    manager.fill_queue();
    let store = TestStore::new();
    let server = TestStore::serve_by(manager.serve(&store).env("WATCHDOG_USEC", "600000"));
    for _ in 0..200 {
        let mut connection = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
        connection.set_read_timeout(Some(WAIT_LIMIT)).unwrap();
        connection.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
        let mut response = String::new();
        connection.read_to_string(&mut response).unwrap();
        assert!(response.starts_with("HTTP/1.1 200"), "{response}");
    }
    manager.until("READY=1");
    assert_eq!(manager.next(), ["WATCHDOG=1"]);
}

/// A manager that starts again creates its socket again at the same path.
#[test]
fn a_manager_that_creates_its_socket_again_gets_messages() {
    let first = Manager::new();
    let store = TestStore::new();
    let mut server = TestStore::serve_by(first.serve(&store).env("WATCHDOG_USEC", "600000"));
    first.until("WATCHDOG=1");
    fs::remove_file(&first.address).unwrap();
    drop(first.socket);
    let mut log = server.log.take().unwrap();
    let mut next_about_manager = || {
        let mut lines = log.by_ref().lines().map_while(Result::ok);
        lines.find(|line| line.contains("NOTIFY_SOCKET")).unwrap()
    };
    assert!(next_about_manager().contains("is lost"));
    let socket = UnixDatagram::bind(&first.address).unwrap();
    let second = Manager::over(socket, first.address, first.folder);
    assert_eq!(second.next(), ["WATCHDOG=1"]);
    // One line for all lost messages, and one for the first that is not.
    assert!(next_about_manager().contains("receives messages again"));
}

/// The variable of another process, which was inherited, says nothing.
#[test]
fn the_watchdog_of_another_process_gets_no_messages() {
    let manager = Manager::new();
    let store = TestStore::new();
    let mut serve = manager.serve(&store);
    let mut server = TestStore::serve_by(serve.env("WATCHDOG_USEC", "1000").env("WATCHDOG_PID", "1"));
    manager.until("READY=1");
    server.stop();
    assert_eq!(exit_code(server), Some(0));
    assert!(!manager.rest().iter().flatten().any(|line| line == "WATCHDOG=1"));
}

#[test]
fn a_manager_that_can_t_be_reached_is_logged_and_does_not_stop_the_server() {
    let store = TestStore::new();
    for address in ["/nonexistent/notify", "vsock:2:1", "@nobody-listens"] {
        let mut serve = store.command(&["serve", "--listen", "127.0.0.1:0"]);
        let mut child = serve.env("NOTIFY_SOCKET", address).stderr(Stdio::piped()).spawn().unwrap();
        let lines: Vec<_> =
            BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok).take(3).collect();
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(lines.iter().any(|line| line.contains("NOTIFY_SOCKET")), "{address}: {lines:?}");
        assert!(lines.iter().any(|line| line.contains("listening")), "{address}: {lines:?}");
    }
    assert_eq!(run(command().args(["tenant", "list"]).env("NOTIFY_SOCKET", "@nobody-listens")).status, 1);
}
