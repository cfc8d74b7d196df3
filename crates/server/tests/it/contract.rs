//! Real requests and responses of a running server are valid by the contracts: each operation, and each kind of error.
#![allow(clippy::panic, clippy::unwrap_used, missing_docs)]

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use crate::common::{TestServer, credentials, example_body, now, start};
use axum::{
    body::{Body, to_bytes},
    extract::Request,
    middleware::{Next, from_fn},
    response::Response,
};
use group_dispatch_client::{Client, types::*};
use group_dispatch_docs::contract;
use group_dispatch_server::{
    Config, Limits,
    event::{Provenance, StatusEvent},
    store::{Gap, Look, MirroredFacts},
};
use serde_json::{Value, json};
use test_support::schema_dialect;
use tokio::net::TcpListener;

/// A request and its response as they went over the wire.
struct Exchange {
    path: String,
    request: Vec<u8>,
    status: u16,
    content_type: String,
    response: Vec<u8>,
}

type Tape = Arc<Mutex<Vec<Exchange>>>;

/// Serves the router of `server` under another address, and records what passes.
async fn recorded(server: &TestServer, config: Config) -> (String, Tape) {
    let tape = Tape::default();
    let record = {
        let tape = Arc::clone(&tape);
        from_fn(move |request: Request, next: Next| record(Arc::clone(&tape), request, next))
    };
    let router = group_dispatch_server::router(server.store.clone(), config).layer(record);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, router).await });
    (url, tape)
}

async fn record(tape: Tape, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let request = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let path = head.uri.path().to_owned();
    let response = next.run(Request::from_parts(head, Body::from(request.clone()))).await;
    let (head, body) = response.into_parts();
    let response = to_bytes(body, usize::MAX).await.unwrap();
    let content_type = head.headers.get("content-type").map_or("", |value| value.to_str().unwrap()).to_owned();
    tape.lock().unwrap().push(Exchange {
        path,
        request: request.to_vec(),
        status: head.status.as_u16(),
        content_type,
        response: response.to_vec(),
    });
    Response::from_parts(head, Body::from(response))
}

/// A signed request of an operation in JSON, without a body.
fn signed(url: &str, operation: Operation) -> reqwest::RequestBuilder {
    let timestamp = now().to_string();
    let request = crate::common::http().post(format!("{url}{}", operation.path())).header("tenant_id", "1");
    let request = request.header("token", credentials(1).token(&timestamp)).header("timestamp", timestamp);
    request.header("content-type", "application/json")
}

/// A contract, to validate exchanges of its operations.
struct Contract(Value);

impl Contract {
    fn of(path: &str) -> Option<Self> {
        contract::of_path(path).map(|contract| Self(contract.document().clone()))
    }

    /// Follows a `$ref`.
    fn resolved<'a>(&'a self, part: &'a Value) -> &'a Value {
        match part.get("$ref").and_then(Value::as_str) {
            Some(reference) => self.0.pointer(reference.trim_start_matches('#')).unwrap(),
            None => part,
        }
    }

    fn validate(&self, schema: &Value, value: &Value, what: &str) {
        let mut document = schema_dialect::json_schema(schema);
        document["components"]["schemas"] = schema_dialect::json_schema(&self.0["components"]["schemas"]);
        let validator = jsonschema::validator_for(&document).unwrap();
        let errors: Vec<_> = validator.iter_errors(value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{what}: {errors:?}\n{value:#}");
    }

    fn check(&self, exchange: &Exchange) {
        let Exchange { path, status, content_type, request, response, .. } = exchange;
        let operation = &self.0["paths"][path]["post"];
        let responses = &operation["responses"];
        let declared = responses.get(status.to_string()).or_else(|| responses.get(format!("{}XX", status / 100)));
        let declared = self.resolved(declared.unwrap_or_else(|| panic!("{path}: status {status} is not declared")));
        assert_eq!(content_type, "application/json", "{path} {status}");
        let response: Value = serde_json::from_slice(response).unwrap();
        let schema = &declared["content"]["application/json"]["schema"];
        self.validate(schema, &response, &format!("{path}: the response with {status}"));
        // Of a request that was accepted, the contract has to say that it is valid.
        let body = &operation["requestBody"];
        if *status == 200 && !request.is_empty() {
            let request: Value = serde_json::from_slice(request).unwrap();
            let schema = &body["content"]["application/json"]["schema"];
            self.validate(schema, &request, &format!("{path}: the request"));
        }
    }
}

/// Validates everything on the tape; returns the operations with the codes of their responses.
fn check(tape: &Tape) -> BTreeSet<(Operation, BusinessCode)> {
    let mut met = BTreeSet::new();
    for exchange in tape.lock().unwrap().iter() {
        let response: Value = serde_json::from_slice(&exchange.response).unwrap();
        Contract::of(&exchange.path).unwrap().check(exchange);
        let code = i32::try_from(response["code"].as_i64().unwrap()).unwrap();
        met.insert((Operation::from_path(&exchange.path).unwrap(), BusinessCode::from(code)));
    }
    met
}

#[tokio::test]
async fn every_operation_sends_what_the_contracts_say() {
    let server = start().await;
    let (url, tape) = recorded(&server, Config::default()).await;
    let client = Client::builder().base_url(&url).credentials(credentials(1)).build().unwrap();
    let event: ingest::StatusEvent = serde_json::from_value(json!({
        "userId": 12, "agentAccount": "u1", "userName": "Jack", "whatsApp": "8618217331411", "name": "jack",
        "source": 1, "countryCode": "Colombia", "detailStatus": 12, "createTime": 1_720_437_931_000_u64,
    }))
    .unwrap();
    let later = ingest::StatusEvent { event_id: Some("later".to_owned()), ..event.clone() };
    // Once without data, and once with it.
    for _ in 0..2 {
        for source in [Source::Pc, Source::Mobile] {
            let (user_id, account) = (Some(UserId::from(12)), WhatsAppNumber::new(8_618_217_331_411).unwrap());
            client.query(QueryUserStatusRequest { source, user_id, user_name: Some("u1".to_owned()) }).await.unwrap();
            client.query(NoParameters).await.unwrap();
            client.query(QueryWhatsAppInfoRequest { whatsapp: account.into(), source: Some(source) }).await.unwrap();
            let agent_account = Some("u1".to_owned());
            client.query(QueryUserStatusLogRequest { source, agent_account, whats_app: Some(account) }).await.unwrap();
            client.query(GetLatestOnlineWhatsAccountRequest { source, user_id }).await.unwrap();
        }
        client.query(ingest::StatusEventsRequest(vec![event.clone()])).await.unwrap();
    }
    mirror(&server, event).await;
    client.query(history::HistoryEventsRequest::default()).await.unwrap();
    client.query(history::HistoryGapsRequest::default()).await.unwrap();
    let changes = history::HistoryChangesRequest::default();
    let since = Some(client.query(changes.clone()).await.unwrap().position);
    client.query(ingest::StatusEventsRequest(vec![later])).await.unwrap();
    let page = client.query(history::HistoryChangesRequest { since, ..changes }).await.unwrap();
    assert_eq!(page.lines.len(), 1);
    client.query(history::HistoryFreshnessRequest::default()).await.unwrap();
    // And once what the contract gives as an example.
    for operation in Operation::ALL {
        let path = format!(
            "/paths/{}/post/requestBody/content/application~1json/examples",
            operation.path().replace('/', "~1")
        );
        let examples = contract::of_path(operation.path()).unwrap().part(&path);
        let examples = examples.as_object().cloned().unwrap_or_default();
        for body in examples
            .values()
            .map(|example| example["value"].to_string())
            .chain(examples.is_empty().then(|| "{}".to_owned()))
        {
            signed(&url, operation).body(body).send().await.unwrap();
        }
    }
    let all: BTreeSet<_> = Operation::ALL.into_iter().map(|operation| (operation, BusinessCode::Success)).collect();
    assert_eq!(check(&tape), all);
}

/// Stores what a mirror finds out, of each kind.
async fn mirror(server: &TestServer, event: ingest::StatusEvent) {
    let event = crate::common::stored(&serde_json::to_string(&event).unwrap());
    let known = |provenance: Provenance, status| StatusEvent { provenance, status, ..event.clone() };
    let (user_id, agent_account, to) = (event.user_id, event.agent_account.clone(), event.at);
    let gap = Gap { source: Source::Pc, user_id, agent_account, whatsapp: None, from: None, to };
    let of_account = Gap { whatsapp: Some(event.whatsapp), from: Some(to - 1000), ..gap.clone() };
    let look = Look {
        source: Source::Pc,
        at: to,
        after: None,
        continues: false,
        is_partial: false,
        log_read: Some(to),
        mirror: 1,
        clock_offset: -250,
        uncertainty: 500,
        requests_per_minute: Some(60),
        interval: Some(5_000),
    };
    let facts = MirroredFacts {
        looks: vec![look],
        events: vec![
            known(Provenance::Logged { ordinal: 0 }, AccountStatus::Online),
            known(Provenance::Observed { not_before: None }, AccountStatus::Online),
            known(Provenance::Observed { not_before: Some(to - 1000) }, AccountStatus::Offline),
        ],
        gaps: vec![gap, of_account],
    };
    server.store.append_mirrored(1.into(), facts).await.unwrap();
}

/// Sends a request that fails with `code`, to each operation.
struct Failing {
    code: BusinessCode,
    headers: &'static [(&'static str, &'static str)],
    method: reqwest::Method,
    body: &'static str,
}

#[tokio::test]
async fn every_kind_of_error_is_one_of_the_contracts() {
    let server = start().await;
    let config = Config { body_limit: 100, ingest_body_limit: 100, ..Config::default() };
    let (url, tape) = recorded(&server, config).await;
    let post = || reqwest::Method::POST;
    let failing = |code, headers, method, body| Failing { code, headers, method, body };
    use BusinessCode::*;
    const LONG_BODY: &str = match std::str::from_utf8(&[b' '; 101]) {
        Ok(blanks) => blanks,
        Err(_) => "",
    };
    let cases = [
        failing(BadRequest, &[][..], post(), "[1"),
        failing(TenantIdMissing, &[("tenant_id", "")], post(), "{}"),
        failing(TimestampMissing, &[("timestamp", "")], post(), "{}"),
        failing(TokenMissing, &[("token", "")], post(), "{}"),
        failing(TimestampMalformed, &[("timestamp", "soon")], post(), "{}"),
        failing(TokenWrong, &[("token", "00")], post(), "{}"),
        failing(TimestampTimeout, &[("timestamp", "1")], post(), "{}"),
        failing(MethodNotAllowed, &[], reqwest::Method::PUT, "{}"),
        failing(BodyTooLarge, &[], post(), LONG_BODY),
        failing(UnsupportedMediaType, &[("content-type", "text/plain")], post(), "{}"),
        failing(UnsupportedMediaType, &[("content-encoding", "br")], post(), "{}"),
    ];
    let mut expected = BTreeSet::new();
    for operation in Operation::ALL {
        for Failing { code, headers, method, body } in &cases {
            let timestamp = now().to_string();
            let token = credentials(1).token(&timestamp);
            let mut all = vec![
                ("tenant_id", "1"),
                ("timestamp", &timestamp),
                ("token", &token),
                ("content-type", "application/json"),
            ];
            all.retain(|(name, _)| headers.iter().all(|(other, _)| other != name));
            let request = crate::common::http().request(method.clone(), format!("{url}{}", operation.path()));
            let headers = all.into_iter().chain(headers.iter().copied());
            let request = headers.fold(request, |request, (name, value)| request.header(name, value));
            request.body(*body).send().await.unwrap();
            expected.insert((operation, *code));
        }
    }
    assert_eq!(check(&tape), expected);
}

#[tokio::test]
async fn errors_of_a_busy_slow_or_failing_server_are_those_of_the_contracts() {
    let server = start().await;
    let limits = Limits { requests_per_second: 1, ..Limits::default() };
    let (too_many, tape) = recorded(&server, Config { limits, ..Config::default() }).await;
    let (busy, of_busy) =
        recorded(&server, Config { limits: Limits { requests: 0, ..Limits::default() }, ..Config::default() }).await;
    let send = async |url: &str, operation: Operation, body: &str| {
        signed(url, operation).body(body.to_owned()).send().await.unwrap()
    };
    for operation in Operation::ALL {
        // The second request in the same moment.
        let body = match operation {
            Operation::StatusEvents => "[]".to_owned(),
            query => example_body(query.path()),
        };
        for _ in 0..2 {
            send(&too_many, operation, &body).await;
        }
        send(&busy, operation, &body).await;
    }
    let codes = |tape: &Tape| -> BTreeSet<BusinessCode> { check(tape).into_iter().map(|(_, code)| code).collect() };
    assert!(codes(&tape).contains(&BusinessCode::TooManyRequests));
    assert_eq!(codes(&of_busy), [BusinessCode::InternalError].into());
    server.store.close().await.unwrap();
    let (failing, of_failing) = recorded(&server, Config::default()).await;
    let event = r#"[{"userId": 1, "agentAccount": "a", "whatsApp": "1", "source": 1, "detailStatus": 12, "createTime": 1720437931000}]"#;
    send(&failing, Operation::StatusEvents, event).await;
    assert_eq!(check(&of_failing), [(Operation::StatusEvents, BusinessCode::DatabaseError)].into());
}

/// A request whose body never arrives.
#[tokio::test]
async fn the_error_of_a_slow_client_is_one_of_the_contracts() {
    let config = Config { request_timeout: Duration::ZERO, ..Config::default() };
    let server = start().await.served_by_axum_with(config).await;
    for operation in Operation::ALL {
        let endless = reqwest::Body::wrap_stream(futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>());
        let response = signed(&server.url, operation).body(endless).send().await.unwrap();
        let exchange = Exchange {
            path: operation.path().to_owned(),
            request: Vec::new(),
            status: response.status().as_u16(),
            content_type: response.headers()["content-type"].to_str().unwrap().to_owned(),
            response: response.bytes().await.unwrap().to_vec(),
        };
        assert_eq!(exchange.status, 408);
        Contract::of(operation.path()).unwrap().check(&exchange);
    }
}
