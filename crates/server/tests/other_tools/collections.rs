//! The ready collections of the docs run as their reader runs them: downloaded from a server's `/docs/`, by newman and by
//! Bruno's command. All five queries succeed, and a wrong key fails the run with code 522.

use std::{fs, io::Cursor, path::Path, process::Command};

use group_dispatch_docs::contract;
use serde_json::Value;
use zip::ZipArchive;

use crate::{
    common::{TestServer, credentials, start},
    toolbox::{Toolbox, run},
};

/// What a run is given: the address, the tenant and the key.
struct Variables {
    url: String,
    key: String,
}

impl Variables {
    fn of(server: &TestServer) -> Self {
        Self { url: server.url.clone(), key: credentials(1).api_key().expose().to_owned() }
    }

    fn arguments(&self) -> Vec<String> {
        let variables = [("base_url", self.url.as_str()), ("tenant_id", "1"), ("api_key", &self.key)];
        variables.iter().flat_map(|(name, value)| ["--env-var".to_owned(), format!("{name}={value}")]).collect()
    }
}

/// A request of a run: its name, the HTTP status, and the body of the answer.
#[derive(Debug)]
struct Ran {
    name: String,
    status: u64,
    body: Value,
}

/// What a run printed, and its requests. The report is written also by a run that failed.
type Outcome = (Result<String, String>, Vec<Ran>);

async fn download(server: &TestServer, file: &str) -> Vec<u8> {
    let answer = crate::common::get(format!("{}/docs/collections/{file}", server.url)).await.unwrap();
    assert_eq!(answer.status(), 200, "{file}");
    answer.bytes().await.unwrap().to_vec()
}

fn report(folder: &Path) -> Value {
    fs::read(folder.join("report.json")).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
}

/// Runs a collection by newman.
async fn newman(tools: &Toolbox, server: &TestServer, collection: &str, variables: &Variables) -> Outcome {
    let folder = tools.scratch();
    let file = folder.path().join("collection.json");
    fs::write(&file, download(server, &format!("{collection}.postman_collection.json")).await).unwrap();
    let environment = folder.path().join("environment.json");
    fs::write(&environment, download(server, "127.0.0.1.postman_environment.json").await).unwrap();
    let mut command = tools.tool("newman");
    command.current_dir(folder.path()).arg("run").arg(&file).arg("--environment").arg(&environment);
    command.args(["--reporters", "cli,json", "--reporter-json-export", "report.json"]).args(variables.arguments());
    let said = run(&mut command);
    let body = |execution: &Value| {
        let stream = execution["response"]["stream"]["data"].as_array()?;
        let bytes: Vec<u8> = stream.iter().filter_map(|byte| u8::try_from(byte.as_u64()?).ok()).collect();
        serde_json::from_slice(&bytes).ok()
    };
    let report = report(folder.path());
    let executions = report["run"]["executions"].as_array().into_iter().flatten();
    let requests = executions.map(|execution| Ran {
        name: execution["item"]["name"].as_str().unwrap().to_owned(),
        status: execution["response"]["code"].as_u64().unwrap_or_default(),
        body: body(execution).unwrap_or_default(),
    });
    (said, requests.collect())
}

/// Runs a collection by Bruno's command, with the sandbox that it has by default: scripts have no access to the machine.
async fn bruno(tools: &Toolbox, server: &TestServer, collection: &str, variables: &Variables) -> Outcome {
    let folder = tools.scratch();
    let archive = download(server, &format!("{collection}.bruno.zip")).await;
    ZipArchive::new(Cursor::new(archive)).unwrap().extract(folder.path()).unwrap();
    let mut command: Command = tools.tool("bru");
    command.current_dir(folder.path().join(collection)).args(["run", "--env", "127.0.0.1", "--noproxy"]);
    command.arg("--reporter-json").arg(folder.path().join("report.json")).args(variables.arguments());
    let said = run(&mut command);
    let report = report(folder.path());
    let results = report[0]["results"].as_array().into_iter().flatten();
    let requests = results.map(|result| Ran {
        name: result["test"]["filename"].as_str().unwrap().trim_end_matches(".bru").to_owned(),
        status: result["response"]["status"].as_u64().unwrap_or_default(),
        body: result["response"]["data"].clone(),
    });
    (said, requests.collect())
}

/// The ids of the contract's operations, in its order.
fn operations(paths: &Value) -> Vec<String> {
    let operations = paths.as_object().unwrap().values();
    operations.map(|path| path["post"]["operationId"].as_str().unwrap().to_owned()).collect()
}

fn assert_all(outcome: &Outcome, operations: &[String], status: u64, code: u64) {
    let (said, requests) = outcome;
    let names: Vec<_> = requests.iter().map(|request| request.name.clone()).collect();
    assert_eq!(names, operations, "{said:?}");
    for Ran { name, status: received, body } in requests {
        assert_eq!((*received, &body["code"]), (status, &Value::from(code)), "{name}: {body}");
    }
}

macro_rules! runs {
    ($run:ident) => {
        let Some(tools) = Toolbox::collections() else { return };
        let server = start().await;
        let variables = Variables::of(&server);
        let (queries, feeding) = (operations(&contract::part("/paths")), operations(&contract::ingest::part("/paths")));

        let fed = $run(&tools, &server, "group-dispatch-ingest", &variables).await;
        assert!(fed.0.is_ok(), "{:?}", fed.0);
        assert_all(&fed, &feeding, 200, 200);
        assert_eq!(fed.1[0].body["data"]["stored"], 1);

        let asked = $run(&tools, &server, "group-dispatch", &variables).await;
        assert!(asked.0.is_ok(), "{:?}", asked.0);
        assert_all(&asked, &queries, 200, 200);
        let all = asked.1.iter().find(|request| request.name == "queryAllOlWhatsAppInfo").unwrap();
        assert_eq!(all.body["data"][0]["list"][0]["agentAccount"], "lsl001", "the event that was fed is known");

        let wrong = Variables { key: "another key".to_owned(), ..Variables::of(&server) };
        let refused = $run(&tools, &server, "group-dispatch", &wrong).await;
        let said = refused.0.as_ref().unwrap_err();
        assert!(said.contains("expected 522 to equal 200"), "{said}");
        assert_all(&refused, &queries, 401, 522);

        let none = Variables { key: String::new(), ..Variables::of(&server) };
        let (unsigned, _) = $run(&tools, &server, "group-dispatch", &none).await;
        let said = unsigned.unwrap_err();
        assert!(said.contains("api_key is not set"), "{said}");
    };
}

#[tokio::test(flavor = "multi_thread")]
async fn postman_collections_run_by_newman() {
    runs!(newman);
}

#[tokio::test(flavor = "multi_thread")]
async fn bruno_collections_run_by_its_command() {
    runs!(bruno);
}
