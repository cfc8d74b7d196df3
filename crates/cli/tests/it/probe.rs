//! `probe` as a supervisor of containers runs it.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    thread,
};

use crate::common::{TestStore, closed_port::ClosedPort, command, run};
use group_dispatch_httpmock::httpmock::MockServer;

#[test]
fn a_server_that_is_ready_passes_each_probe() {
    let store = TestStore::new();
    let server = store.serve();
    let address = server.url.trim_start_matches("http://");
    for (what, shown) in [("queries", "\"ready\""), ("feeds", "\"ready\""), ("process", "")] {
        // Proxies are for other machines.
        let mut probe = command();
        probe
            .args(["probe", "--what", what])
            .env("GROUP_DISPATCH_LISTEN", address)
            .env("HTTP_PROXY", "http://127.0.0.1:9");
        let result = run(&mut probe);
        assert_eq!((result.status, result.err.as_str()), (0, ""), "{what}");
        assert!(result.out.contains(shown), "{what}: {}", result.out);
    }
    // The server of a container listens on all addresses.
    let all = address.replace("127.0.0.1", "0.0.0.0");
    assert_eq!(run(command().args(["probe", "--listen", &all])).status, 0);
}

#[test]
fn a_server_that_is_not_ready_or_not_there_fails() {
    let server = MockServer::start();
    server.mock(|when, then| {
        when.path("/readyz");
        then.status(503).body("{\"status\":\"draining\"}");
    });
    let result = run(command().args(["probe", "--listen", &server.address().to_string()]));
    let expected =
        format!("error: {} responds with 503 Service Unavailable: {{\"status\":\"draining\"}}\n", server.address());
    assert_eq!((result.status, result.err), (1, expected));

    let closed = ClosedPort::new();
    let result = run(command().args(["probe", "--listen", &closed.address().to_string()]));
    assert_eq!(result.status, 1);
    assert!(result.err.starts_with(&format!("error: no response from {}; check", closed.address())), "{}", result.err);
}

/// A page for a login with status 200 says nothing about the server.
#[test]
fn a_redirect_is_not_followed() {
    let server = MockServer::start();
    server.mock(|when, then| {
        when.path("/readyz");
        then.status(302).header("location", "/login");
    });
    let login = server.mock(|when, then| {
        when.path("/login");
        then.status(200).body("log in");
    });
    let result = run(command().args(["probe", "--listen", &server.address().to_string()]));
    let expected = format!("error: {} responds with 302 Found: \n", server.address());
    assert_eq!((result.status, result.out.as_str(), result.err), (1, "", expected));
    login.assert_calls(0);
}

/// Accepts one connection, reads the request, sends the beginning of a response, and keeps the connection open until the
/// sender is dropped.
fn respond_in_part(begin: Vec<u8>) -> (String, mpsc::Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (sender, end) = mpsc::channel();
    thread::spawn(move || {
        let (mut connection, _): (TcpStream, _) = listener.accept().unwrap();
        assert!(connection.read(&mut [0; 4096]).unwrap() > 0);
        connection.write_all(&begin).unwrap();
        let _ = end.recv();
    });
    (address, sender)
}

#[test]
fn a_server_that_hangs_fails_after_the_timeout() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{".to_vec();
    for (begin, problem) in [(Vec::new(), "no response from"), (head, "the response ended early")] {
        let (address, _open) = respond_in_part(begin);
        let result = run(command().args(["probe", "--timeout", "300ms", "--listen", &address]));
        assert_eq!((result.status, result.out.as_str()), (1, ""), "{}", result.err);
        assert!(result.err.starts_with(&format!("error: {problem}")), "{}", result.err);
    }
}

#[test]
fn a_long_response_is_not_read_to_its_end() {
    let mut begin = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n".to_vec();
    begin.extend([b'a'; 100_000]);
    let (address, _open) = respond_in_part(begin);
    let result = run(command().args(["probe", "--listen", &address]));
    assert_eq!((result.status, result.err.as_str()), (0, ""));
    assert_eq!(result.out, "a".repeat(500) + "\n");
}

#[test]
fn an_invalid_command_line_has_exit_status_2() {
    for arguments in [["--listen", "nowhere"], ["--what", "nothing"], ["--timeout", "0"]] {
        assert_eq!(run(command().arg("probe").args(arguments)).status, 2, "{arguments:?}");
    }
}
