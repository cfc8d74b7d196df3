//! Each command on the docs page "Names" sends the operation that the page lists.

use crate::common::{command, run};
use group_dispatch_docs::names;
use group_dispatch_httpmock::{AnyOperation, MockResponse, RespondExt, httpmock::MockServer};

/// The arguments that a command requires, except those of the service.
const ARGUMENTS: [(&str, &[&str]); 5] = [
    ("online", &["--source", "pc"]),
    ("all", &[]),
    ("account", &["8618217331411"]),
    ("log", &["--source", "pc"]),
    ("recent", &["--source", "pc"]),
];

#[test]
fn each_command_sends_the_documented_operation() {
    let commands: Vec<_> = names().iter().filter_map(|names| Some((names.command?, names.path.clone()))).collect();
    assert_eq!(commands.len(), ARGUMENTS.len());
    for (name, path) in commands {
        let server = MockServer::start();
        let calls = server.respond_to(AnyOperation, MockResponse::null());
        let (_, arguments) = ARGUMENTS.iter().find(|(known, _)| *known == name).unwrap();
        let service = ["--url", &server.base_url(), "--tenant-id", "1", "--api-key", "k"];
        let result = run(command().arg(name).args(*arguments).args(service));
        assert_eq!((result.status, result.err.as_str()), (0, ""), "{name}");
        let asked: Vec<_> = calls.requests().iter().map(|request| request.uri().path().to_owned()).collect();
        // `account` queries each source.
        assert!(!asked.is_empty() && asked.iter().all(|asked| *asked == path), "{name}: {asked:?}");
    }
}
