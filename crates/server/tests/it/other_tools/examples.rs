//! The programs of `packaging/examples/python` and `typescript` do what their README files say, with a server of this machine.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use serde_json::{Value, json};
use test_support::workspace_root;

use super::{
    contract_copy::reader_edition,
    generators::Typescript,
    toolbox::{Toolbox, run},
};
use crate::common::{TestServer, credentials, start};

/// Starts a server where one account of an agent is online.
async fn served() -> TestServer {
    let server = start().await;
    let event = json!({
        "userId": 12, "agentAccount": "br02", "userName": "Ana", "whatsApp": "8618217331411", "name": "jack", "source": 1,
        "countryCode": "China", "detailStatus": 12, "createTime": "2024-07-08 19:25:31",
    });
    server.feed(1, &[&event.to_string()]).await;
    server
}

/// Gives a program the server, and this key of tenant 1.
fn ask(program: &mut Command, server: &TestServer, key: &str) -> Result<String, String> {
    program.env("GROUP_DISPATCH_URL", &server.url).env("GROUP_DISPATCH_TENANT_ID", "1");
    run(program.env("GROUP_DISPATCH_API_KEY", key))
}

/// Copies an example and the contract's edition for readers to an empty folder.
fn copy(example: &str, folder: &Path) {
    for entry in fs::read_dir(workspace_root().join("packaging/examples").join(example)).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
    }
    fs::copy(reader_edition(), folder.join("openapi-reader.json")).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_in_python_prints_who_is_online() {
    let Some(tools) = Toolbox::python() else { return };
    let (server, folder) = (served().await, tools.scratch());
    copy("python", folder.path());
    let mut generate = tools.tool("openapi-python-client");
    generate.args(["generate", "--meta", "none", "--path", "openapi-reader.json", "--config", "generator.yaml"]);
    run(generate.args(["--output-path", "group_dispatch_api"]).current_dir(folder.path())).unwrap();
    let mut mypy = tools.tool("mypy");
    mypy.args(["--strict", "--follow-imports=silent", "who_is_online.py"]).current_dir(folder.path());
    run(&mut mypy).unwrap();

    let program = || {
        let mut program = tools.tool("python");
        program.arg("who_is_online.py").current_dir(folder.path());
        program
    };
    let printed = ask(&mut program(), &server, credentials(1).api_key().expose()).unwrap();
    assert_eq!(printed, "pc\tAna\t8618217331411\n");
    let refused = ask(&mut program(), &server, "another key").unwrap_err();
    assert_eq!(refused, "the service refuses: 522: accessToken is error\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_in_typescript_finds_an_account() {
    let Some(typescript) = Typescript::installed() else { return };
    let (server, folder) = (served().await, typescript.tools.scratch());
    copy("typescript", folder.path());
    let mut generate = typescript.tool(".bin/openapi-typescript");
    generate.args(["openapi-reader.json", "--output", "group-dispatch.ts"]).current_dir(folder.path());
    run(&mut generate).unwrap();
    run(typescript.tool("typescript/bin/tsc").current_dir(folder.path())).unwrap();

    let program = |account: &str| {
        let mut program = typescript.node_command();
        program.args(["find-account.ts", account]).current_dir(folder.path());
        program
    };
    let key = credentials(1).api_key().expose().to_owned();
    let printed = ask(&mut program("+86 182-1733-1411"), &server, &key).unwrap();
    assert_eq!(printed, "online at pc, with agent br02 (12)\n");
    assert_eq!(ask(&mut program("573125704139"), &server, &key).unwrap(), "not online\n");
    let refused = ask(&mut program("573125704139"), &server, "another key").unwrap_err();
    assert_eq!(refused, "the service refuses: 522: accessToken is error\n");
}

#[test]
fn the_examples_name_versions_that_are_tested() {
    let consumers = workspace_root().join("crates/server/tests/consumers");
    let examples = workspace_root().join("packaging/examples");
    let read = |path: &Path| fs::read_to_string(path).unwrap();
    let tested = read(&consumers.join("python/requirements.txt"));
    for line in read(&examples.join("python/requirements.txt")).lines() {
        assert!(tested.lines().any(|tested| tested == line), "{line}");
    }
    let versions = |path: &Path, members: &[&str]| {
        let package: Value = serde_json::from_str(&read(path)).unwrap();
        let entries = members.iter().filter_map(|member| package[member].as_object()).flatten();
        entries.map(|(name, version)| (name.clone(), version.clone())).collect::<BTreeMap<_, _>>()
    };
    let tested = versions(&consumers.join("typescript/package.json"), &["dependencies"]);
    for (name, version) in versions(&examples.join("typescript/package.json"), &["dependencies", "devDependencies"]) {
        assert_eq!(tested.get(&name), Some(&version), "{name}");
    }
}
