//! The ready collections of the docs run as their reader runs them: downloaded from a server's `/docs/`, by newman and by
//! Bruno's command. All five queries succeed, and a wrong key fails the run with code 522.

use std::{env, fs, io::Cursor, iter, os::unix::fs::PermissionsExt as _, path::Path};

use group_dispatch_docs::{contract, samples};
use group_dispatch_server::{Config, FeedSigning};
use serde_json::Value;
use zip::ZipArchive;

use crate::{
    common::{TestServer, credentials, start_with},
    other_tools::toolbox::{Toolbox, prepared, run},
};

/// What a run is given: the address and the key. The tenant is that of the docs.
struct Variables {
    url: String,
    key: String,
}

impl Variables {
    fn of(server: &TestServer) -> Self {
        Self { url: server.url.clone(), key: credentials(1).api_key().expose().to_owned() }
    }

    /// Runs a script of the docs, with `flags` for the tool in its last line.
    fn run(
        &self,
        tools: &Toolbox,
        script: &str,
        collection: &str,
        flags: &str,
        folder: &Path,
    ) -> Result<String, String> {
        // The line that runs the tool is all that others see of it.
        assert!(!script.lines().last().unwrap().contains("KEY"), "{script}");
        assert_eq!(script.matches("/127.0.0.1:8080").count(), 1, "{script}");
        let script = script.replace("http://127.0.0.1:8080", &self.url).replace("group-dispatch", collection);
        let mut command = prepared("sh");
        let path = env::var_os("PATH").unwrap_or_default();
        let programs = iter::once(tools.program("")).chain(env::split_paths(&path));
        command.env("PATH", env::join_paths(programs).unwrap()).env("GROUP_DISPATCH_API_KEY", &self.key);
        run(command.current_dir(folder).args(["-euc", &format!("{} {flags}", script.trim_end())]))
    }
}

/// The variables as flags, which take the place of those of a downloaded environment.
fn flags(Variables { url, key }: &Variables) -> Vec<String> {
    let variables = [("base_url", url.as_str()), ("tenant_id", "1"), ("api_key", key)];
    variables.iter().flat_map(|(name, value)| ["--env-var".to_owned(), format!("{name}={value}")]).collect()
}

/// Runs the queries with the environment that the docs have for this machine.
async fn newman_with_environment(
    tools: &Toolbox,
    server: &TestServer,
    variables: &Variables,
) -> Result<String, String> {
    let folder = tools.scratch();
    let files = ["group-dispatch.postman_collection.json", "127.0.0.1.postman_environment.json"];
    for file in files {
        fs::write(folder.path().join(file), download(server, file).await).unwrap();
    }
    let mut command = tools.tool("newman");
    command.current_dir(folder.path()).args(["run", files[0], "--environment", files[1]]);
    run(command.args(flags(variables)))
}

async fn bruno_with_environment(tools: &Toolbox, server: &TestServer, variables: &Variables) -> Result<String, String> {
    let folder = tools.scratch();
    let archive = download(server, "group-dispatch.bruno.zip").await;
    ZipArchive::new(Cursor::new(archive)).unwrap().extract(folder.path()).unwrap();
    let mut command = tools.tool("bru");
    command.current_dir(folder.path().join("group-dispatch")).args(["run", "--env", "127.0.0.1", "--noproxy"]);
    run(command.args(flags(variables)))
}

/// The file of variables is for its owner alone.
fn assert_private(file: &Path) {
    let mode = fs::metadata(file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "{}", file.display());
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
    let name = format!("{collection}.postman_collection.json");
    fs::write(folder.path().join(&name), download(server, &name).await).unwrap();
    let flags = "--reporters cli,json --reporter-json-export report.json";
    let said = variables.run(tools, samples::NEWMAN, collection, flags, folder.path());
    assert_private(&folder.path().join("variables.json"));
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
    let flags = "--noproxy --reporter-json ../report.json";
    let said = variables.run(tools, samples::BRUNO, collection, flags, folder.path());
    assert_private(&folder.path().join("variables.bru"));
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
    ($run:ident, $with_environment:ident) => {
        let Some(tools) = Toolbox::collections() else { return };
        // The collection that feeds signs the whole call.
        let server = start_with(Config { feed_signing: FeedSigning::Hmac, ..Config::default() }).await;
        let variables = Variables::of(&server);
        let (queries, feeding) =
            (operations(&contract::QUERIES.part("/paths")), operations(&contract::INGEST.part("/paths")));

        let fed = $run(&tools, &server, "group-dispatch-ingest", &variables).await;
        assert!(fed.0.is_ok(), "{:?}", fed.0);
        assert_all(&fed, &feeding, 200, 200);
        assert_eq!(fed.1[0].body["data"]["stored"], 1);

        let read = $run(&tools, &server, "group-dispatch-history", &variables).await;
        assert!(read.0.is_ok(), "{:?}", read.0);
        assert_all(&read, &operations(&contract::HISTORY.part("/paths")), 200, 200);

        let asked = $run(&tools, &server, "group-dispatch", &variables).await;
        assert!(asked.0.is_ok(), "{:?}", asked.0);
        assert_all(&asked, &queries, 200, 200);
        let all = asked.1.iter().find(|request| request.name == "queryAllOlWhatsAppInfo").unwrap();
        assert_eq!(all.body["data"][0]["list"][0]["agentAccount"], "lsl001", "the event that was fed is known");

        $with_environment(&tools, &server, &variables).await.unwrap();

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
    runs!(newman, newman_with_environment);
}

#[tokio::test(flavor = "multi_thread")]
async fn bruno_collections_run_by_its_command() {
    runs!(bruno, bruno_with_environment);
}
