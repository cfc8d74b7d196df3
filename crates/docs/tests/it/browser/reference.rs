//! The reference shows what the contract says, and asks the server by requests that it signs itself.

use std::collections::BTreeSet;

use group_dispatch_client::types::Operation as Operations;
use group_dispatch_docs::contract;
use serde_json::{Value, json};

use crate::browser::{
    browser::Browser,
    record::Record,
    site::{Server, serve_files, written},
};

/// Runs an action of `scripts/scalar.js` in Scalar's part of the page, as soon as it is possible.
async fn scalar(browser: &Browser, what: &str, action: &str, argument: &str) -> Value {
    let script = format!("{}\nreturn {action}(arguments[0]);", include_str!("scripts/scalar.js"));
    browser.until(what, &script, [json!(argument)]).await
}

struct Operation {
    id: String,
    tag: String,
    path: String,
    request: BTreeSet<String>,
    answers: BTreeSet<String>,
}

/// The operations of the contract, with the fields that it gives them.
fn operations() -> Vec<Operation> {
    let paths = contract::QUERIES.document()["paths"].as_object().unwrap();
    paths
        .iter()
        .map(|(path, methods)| {
            let operation = &methods["post"];
            let fields = |body: &Value| {
                let mut found = BTreeSet::new();
                fields(&body["content"]["application/json"]["schema"], "", &mut found);
                found
            };
            Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                tag: operation["tags"][0].as_str().unwrap().to_owned(),
                path: path.clone(),
                request: fields(&operation["requestBody"]),
                answers: fields(&operation["responses"]["200"]),
            }
        })
        .collect()
}

fn fields(schema: &Value, within: &str, found: &mut BTreeSet<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        return fields(&contract::QUERIES.part(reference.trim_start_matches('#')), within, found);
    }
    for part in ["allOf", "oneOf"].into_iter().filter_map(|parts| schema[parts].as_array()).flatten() {
        fields(part, within, found);
    }
    if schema["items"].is_object() {
        fields(&schema["items"], within, found);
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = if within.is_empty() { name.clone() } else { format!("{within}.{name}") };
        fields(property, &path, found);
        found.insert(path);
    }
}

fn texts(value: &Value) -> BTreeSet<String> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_of_every_operation_is_shown() {
    let Some(browser) = Browser::start().await else { return };
    let folder = written();
    let home = serve_files(folder.path()).await;
    let operations = operations();
    let queries = Operations::ALL.into_iter().filter(|operation| operation.is_query());
    assert!(operations.iter().map(|operation| operation.id.as_str()).eq(queries.map(Operations::id)));
    for Operation { id, tag, request, answers, .. } in operations {
        browser.open(&format!("{home}reference.html#tag/{tag}/{id}")).await;
        scalar(&browser, &format!("{id} is unfolded"), "unfolded", &id).await;
        let shown = scalar(&browser, &format!("{id} has fields"), "fields", &id).await;
        assert_eq!(texts(&shown["request"]), request, "the fields of {id}'s request");
        assert_eq!(texts(&shown["answers"]), answers, "the fields of {id}'s answers");
    }
}

/// The link of an operation's own page leads to that operation, and not to the reference's top.
#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_an_operation_leads_to_it() {
    let Some(browser) = Browser::start().await else { return };
    let server = Server::start().await;
    for Operation { id, .. } in operations() {
        browser.open(&format!("{}{id}.html", server.home())).await;
        browser.click("main a[href^='reference.html#']").await;
        scalar(&browser, &format!("{id} is in view"), "inView", &id).await;
    }
}

/// Opens Scalar's client for an operation, sends the page's example, and gives the HTTP status and the body shown.
async fn try_it(browser: &Browser, Operation { id, path, .. }: &Operation) -> (String, Value) {
    scalar(browser, &format!("{id} can be tried"), "opened", path).await;
    scalar(browser, &format!("the request of {id} can be sent"), "sent", "").await;
    let seen = scalar(browser, &format!("{id} is answered"), "answer", "").await;
    let body = seen["body"].as_str().unwrap();
    let body = serde_json::from_str(body).unwrap_or_else(|error| panic!("{id}: {error}: {body}"));
    (seen["status"].as_str().unwrap().to_owned(), body)
}

/// Opens the reference at an operation, puts tenant and key into the fields for signing, and tries it.
async fn signed(browser: &Browser, server: &Server, operation: &Operation, key: &str) -> (Record, String, Value) {
    let Operation { id, tag, .. } = operation;
    let mut record = browser.open(&format!("{}reference.html#tag/{tag}/{id}", server.home())).await;
    browser.fill("#tenant-id", &server.credentials.tenant_id().to_string()).await;
    browser.fill("#api-key", key).await;
    let (status, answer) = try_it(browser, operation).await;
    browser.rest(&mut record).await;
    (record, status, answer)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_can_be_tried_and_the_key_stays_in_the_page() {
    let Some(browser) = Browser::start().await else { return };
    let server = Server::start().await;
    let key = server.credentials.api_key().expose();
    for operation in operations() {
        let id = &operation.id;
        let (record, status, answer) = signed(&browser, &server, &operation, key).await;
        assert_eq!((status.as_str(), &answer["code"]), ("200", &json!(200)), "{id}: {answer}");
        if id == "queryUserStatus" {
            assert_eq!(answer["data"][0]["agentAccount"], "online-agent", "{answer}");
        }
        assert_eq!(record.faults(&server.url), [""; 0], "{id}");
        let tenant = server.credentials.tenant_id().to_string();
        assert!(record.holds(&tenant), "the request of {id} was seen, headers and all");
        assert!(!record.holds(key), "{id}: the key was sent");
    }
    let stored = "return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])";
    assert!(!browser.run(stored, []).await.to_string().contains(key), "the key was kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_is_reported() {
    let Some(browser) = Browser::start().await else { return };
    let server = Server::start().await;
    let (_, status, answer) = signed(&browser, &server, &operations()[0], "anotherKey").await;
    assert_eq!((status.as_str(), &answer["code"]), ("401", &json!(522)), "{answer}");
}
