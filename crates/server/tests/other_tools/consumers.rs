//! Programs over clients that other generators made of the contract, `tests/consumers`, ask a real server the five
//! questions. Each is held twice: by its type checker to the contract, and by its assertions to what the server answers.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::json;
use tempfile::TempDir;

use crate::{
    common::{TestServer, credentials, start},
    contract_copy::{Fault, broken, contract},
    toolbox::{Toolbox, prepared, run},
};

/// An agent's id, which the consumers know as a number, is a text.
const ID_AS_TEXT: Fault = Fault(
    "type: integer\n      format: int64\n      minimum: 0\n      maximum: 9007199254740991\n      example: 868024",
    "type: string\n      example: \"868024\"",
);

/// A program that asks, ready to run, with its client.
struct Consumer {
    folder: TempDir,
    runtime: PathBuf,
    program: PathBuf,
}

impl Consumer {
    /// With openapi-python-client's client. The error is what the generator or mypy found wrong.
    fn in_python(tools: &Toolbox, contract: &Path) -> Result<Self, String> {
        let folder = tools.scratch();
        let program = tools.source.join("consumer.py");
        run(tools
            .tool("openapi-python-client")
            .args(["generate", "--meta", "none", "--fail-on-warning"])
            .arg("--path")
            .arg(contract)
            .arg("--config")
            .arg(tools.source.join("generator.yaml"))
            .arg("--output-path")
            .arg(folder.path().join("group_dispatch_api")))?;
        run(tools
            .tool("mypy")
            .args(["--strict", "--follow-imports=silent"])
            .arg("--cache-dir")
            .arg(tools.folder.join("mypy_cache"))
            .arg(&program)
            .env("MYPYPATH", folder.path()))?;
        Ok(Self { folder, runtime: tools.program("python"), program })
    }

    /// With openapi-typescript's types. The error is what the generator or tsc found wrong.
    fn in_typescript(tools: &Toolbox, contract: &Path) -> Result<Self, String> {
        let folder = tools.scratch();
        for file in ["consumer.ts", "tsconfig.json"] {
            fs::copy(tools.source.join(file), folder.path().join(file)).unwrap();
        }
        let types = folder.path().join("contract.d.ts");
        run(tools.tool("openapi-typescript").arg(contract).arg("--output").arg(types))?;
        run(tools.tool("tsc").arg("--project").arg(folder.path()))?;
        let program = folder.path().join("consumer.js");
        Ok(Self { folder, runtime: "node".into(), program })
    }

    /// Asks as tenant 1. The error is what it did not expect.
    fn ask(&self, server: &TestServer) -> Result<String, String> {
        run(prepared(&self.runtime)
            .arg(&self.program)
            .args([&server.url, "1", credentials(1).api_key().expose()])
            .env("PYTHONPATH", self.folder.path()))
    }
}

/// A server with the events that the consumers know of.
async fn server_with_events() -> TestServer {
    let server = start().await;
    for (account, name, source, detail, time) in [
        ("8618217331411", "jack", 1, 12, "19:25:31"),
        ("573125704139", "", 2, 13, "19:25:31"),
        ("573125704139", "", 2, 42, "19:30:00"),
    ] {
        let event = json!({
            "userId": 12, "agentAccount": "br02", "userName": "Ana", "whatsApp": account, "name": name, "source": source,
            "countryCode": "哥伦比亚", "detailStatus": detail, "createTime": format!("2024-07-08 {time}"),
        });
        server.feed(1, &[&event.to_string()]).await;
    }
    server
}

/// The consumer passes with the contract as it is; other answers, and a contract of other types, it notices.
async fn gets_typed_answers(consumer_of: impl Fn(&Path) -> Result<Consumer, String>) {
    let consumer = consumer_of(&contract()).unwrap_or_else(|complaint| panic!("{complaint}"));
    consumer.ask(&server_with_events().await).unwrap_or_else(|complaint| panic!("{complaint}"));

    let complaint = consumer.ask(&start().await).unwrap_err();
    assert!(complaint.contains("AssertionError"), "{complaint}");

    let folder = tempfile::tempdir().unwrap();
    let Err(complaint) = consumer_of(&broken(folder.path(), &[ID_AS_TEXT])) else { panic!("{ID_AS_TEXT:?} passes") };
    assert!(complaint.contains("consumer.") && complaint.contains("error"), "{complaint}");
}

#[tokio::test(flavor = "multi_thread")]
async fn python() {
    let Some(tools) = Toolbox::python() else { return };
    gets_typed_answers(|contract| Consumer::in_python(&tools, contract)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typescript() {
    let Some(tools) = Toolbox::node() else { return };
    gets_typed_answers(|contract| Consumer::in_typescript(&tools, contract)).await;
}
