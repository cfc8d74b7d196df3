//! Each command on the docs page "Names" sends the operation that the page lists.

use crate::common::{command, run};
use group_dispatch_docs::names;
use group_dispatch_httpmock::{AnyOperation, MockResponse, RespondExt, httpmock::MockServer};

/// The arguments of commands, except those of the service. A command that requires none can be left out.
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
    for (name, _) in ARGUMENTS {
        assert!(commands.iter().any(|(known, _)| *known == name), "no operation has the command {name}");
    }
    for (name, path) in commands {
        let server = MockServer::start();
        let calls = server.respond_to(AnyOperation, MockResponse::null());
        let arguments = ARGUMENTS.iter().find(|(known, _)| *known == name).map_or(&[][..], |(_, arguments)| arguments);
        let service = ["--url", &server.base_url(), "--tenant-id", "1", "--api-key", "k"];
        let result = run(command().arg(name).args(arguments).args(service));
        assert_eq!((result.status, result.err.as_str()), (0, ""), "{name}: what it requires is missing in ARGUMENTS");
        let asked: Vec<_> = calls.requests().iter().map(|request| request.uri().path().to_owned()).collect();
        // `account` queries each source.
        assert!(!asked.is_empty() && asked.iter().all(|asked| *asked == path), "{name}: {asked:?}");
    }
}
