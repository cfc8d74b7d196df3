//! `probe` as a supervisor of containers runs it.

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
