//! Schemathesis sends what the contracts allow, and what they don't, and compares each response with them. What the server refuses
//! and what it takes beyond the contracts is not compared: readers are lenient (D3 to D10), and positions, cursors and times are valid
//! only at a certain server.

use std::{fs, path::Path};

use test_support::workspace_root;

use super::toolbox::{Toolbox, run};
use crate::common::{TestServer, credentials, start};

/// About the responses.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,\
                      response_schema_conformance,unsupported_method,allow_header_conformance";

fn compares(tools: &Toolbox, contract: &Path, server: &TestServer) -> Result<String, String> {
    let mut schemathesis = tools.tool("schemathesis");
    schemathesis.arg("run").arg(contract).args(["--url", &server.url, "--checks", CHECKS]);
    schemathesis.args(["--phases", "examples,coverage,fuzzing", "--max-examples", "30", "--seed", "1"]);
    schemathesis.args(["--request-timeout", "60", "--no-color", "--suppress-health-check", "all"]);
    // It keeps what it has found in the folder in which it runs.
    let folder = tools.scratch();
    schemathesis.current_dir(folder.path());
    schemathesis.env("SCHEMATHESIS_HOOKS", "signed").env("PYTHONPATH", &tools.source);
    schemathesis.env("GROUP_DISPATCH_TENANT_ID", "1");
    run(schemathesis.env("GROUP_DISPATCH_API_KEY", credentials(1).api_key().expose()))
}

async fn responses_are_as_documented(contract: &str) {
    let Some(tools) = Toolbox::schemathesis() else { return };
    let server = start().await;
    let event = r#"{"userId": 12, "agentAccount": "u1", "userName": "li", "whatsApp": "8618217331411", "name": "chen", "source": 1,
        "detailStatus": 12, "createTime": "2024-07-08 19:25:31"}"#;
    server.feed(1, &[event]).await;
    let contract = workspace_root().join("openapi").join(contract);
    let said = compares(&tools, &contract, &server).unwrap_or_else(|complaint| panic!("{complaint}"));
    // Otherwise nothing but the signature would be tested.
    assert!(said.contains("No issues found") && !said.contains("Authentication failed"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn responses_to_queries_are_as_documented() {
    responses_are_as_documented("group-dispatch.yaml").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn responses_to_feeders_are_as_documented() {
    responses_are_as_documented("ingest.yaml").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn responses_about_the_history_are_as_documented() {
    responses_are_as_documented("history.yaml").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_with_a_fault_is_noticed() {
    let Some(tools) = Toolbox::schemathesis() else { return };
    let server = start().await;
    let folder = tools.scratch();
    let contract = fs::read_to_string(workspace_root().join("openapi/history.yaml")).unwrap();
    let broken = contract.replace("required: [lines, position]", "required: [lines, position, next]");
    assert_ne!(broken, contract);
    let path = folder.path().join("history.yaml");
    fs::write(&path, broken).unwrap();
    let Err(complaint) = compares(&tools, &path, &server) else { panic!("the fault passes") };
    assert!(complaint.contains("next"), "{complaint}");
}
