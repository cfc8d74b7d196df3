//! Compares what a server answers with the model.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use fastrand::Rng;
use serde_json::{Value, json};

use crate::{
    event::{ACCOUNTS, AGENTS, Event, SOURCES, TENANTS, number},
    http::{Client, now, signed},
    model::{EVENTS, LoggedEvent, Model, record},
    server::Server,
};

/// How long a server may take to follow what another one received.
const FOLLOW_TIMEOUT: Duration = Duration::from_secs(20);
const CALL_TIMEOUT: Duration = Duration::from_secs(10);
/// How long one query may take while the servers are fed.
const QUERY_TIMEOUT: Duration = Duration::from_secs(3);
/// How many accounts and logs are asked for, of each tenant.
const SAMPLES: usize = 25;

/// A question, and the right answer.
struct Question {
    tenant: u64,
    operation: &'static str,
    body: Value,
    expected: Value,
}

/// Asks a server everything, and returns a description of each answer that stays wrong.
///
/// # Errors
/// Never for a wrong answer: if the server does not answer.
pub fn differences(server: &Server, log: &[LoggedEvent], rng: &mut Rng) -> Result<Vec<String>> {
    let mut open: Vec<Question> = TENANTS.iter().flat_map(|tenant| questions(*tenant, log, rng)).collect();
    let mut client = Client::new(server.address, CALL_TIMEOUT);
    let began = Instant::now();
    loop {
        let mut wrong = Vec::new();
        for question in open {
            let found = ask(&mut client, &question)?;
            if found != question.expected {
                wrong.push((question, found));
            }
        }
        if wrong.is_empty() || began.elapsed() > FOLLOW_TIMEOUT {
            return Ok(wrong.iter().map(|(question, found)| describe(question, found)).collect());
        }
        open = wrong.into_iter().map(|(question, _)| question).collect();
        thread::sleep(Duration::from_millis(100));
    }
}

/// Returns whether a server shows an event, or as many later ones as it shows at all.
#[must_use]
pub fn shows(server: &Server, tenant: u64, event: &Event) -> bool {
    let body = json!({ "source": event.source, "whatsApp": event.number.to_string() });
    let request = signed("/group-dispatch-api/user/queryUserStatusLog", tenant, now(), &body.to_string());
    let response = Client::new(server.address, QUERY_TIMEOUT).ask(&request);
    let Some(response) = response.ok().filter(|response| response.status == 200) else { return false };
    let mut body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    is_listed(&body["data"].take(), event)
}

/// Returns whether an agent's list in a status log has an event, or is full of later ones.
fn is_listed(data: &Value, event: &Event) -> bool {
    let record = record(event);
    // Clock times of one form and one zone are in the order of their texts.
    let is_later = |other: &Value| other["createTime"].as_str() >= record["createTime"].as_str();
    let lists = data.as_array().into_iter().flatten().filter_map(|agent| agent["whatsAppList"].as_array());
    lists.into_iter().any(|list| list.contains(&record) || (list.len() >= EVENTS && list.iter().all(is_later)))
}

fn ask(client: &mut Client, question: &Question) -> Result<Value> {
    let path = format!("/group-dispatch-api/user/{}", question.operation);
    let body = question.body.to_string();
    for attempt in 0.. {
        match client.ask(&signed(&path, question.tenant, now(), &body)) {
            Ok(response) if response.status == 200 => {
                let mut body: Value = serde_json::from_slice(&response.body).context("an answer is not JSON")?;
                return Ok(body["data"].take());
            }
            Ok(response) if attempt > 20 => bail!("{path} has status {}", response.status),
            Err(error) if attempt > 20 => return Err(error.context(path)),
            // Overload passes, and the first connection may be broken.
            _ => thread::sleep(Duration::from_millis(100)),
        }
    }
    Ok(Value::Null)
}

/// Names the first place where an answer differs.
fn describe(Question { tenant, operation, body, expected }: &Question, found: &Value) -> String {
    format!("{operation} of tenant {tenant} for {body}: {}", difference(Some(expected), Some(found), "data"))
}

/// Returns where two values differ, and how. The order of members does not count.
fn difference(expected: Option<&Value>, found: Option<&Value>, place: &str) -> String {
    match (expected, found) {
        (Some(Value::Array(expected)), Some(Value::Array(found))) => {
            let longest = expected.len().max(found.len());
            let differs = (0..longest).find(|at| expected.get(*at) != found.get(*at)).unwrap_or_default();
            difference(expected.get(differs), found.get(differs), &format!("{place}[{differs}]"))
        }
        (Some(Value::Object(expected)), Some(Value::Object(found))) => {
            let mut names = expected.keys().chain(found.keys());
            let differs = names.find(|name| expected.get(*name) != found.get(*name)).map_or("", String::as_str);
            difference(expected.get(differs), found.get(differs), &format!("{place}.{differs}"))
        }
        _ => {
            let text = |value: Option<&Value>| value.map_or("nothing".to_owned(), Value::to_string);
            format!("{place}: expected {}, found {}", text(expected), text(found))
        }
    }
}

/// Returns questions about everything that a tenant can be asked, and about some of its agents and accounts.
fn questions(tenant: u64, log: &[LoggedEvent], rng: &mut Rng) -> Vec<Question> {
    let model = Model::new(log.iter().filter(|logged| logged.tenant == tenant));
    let mut questions = Vec::new();
    let mut ask = |operation, body, expected| questions.push(Question { tenant, operation, body, expected });
    ask("queryAllOlWhatsAppInfo", json!({}), model.all_online());
    for source in SOURCES {
        ask("queryUserStatus", json!({ "source": source }), model.user_status(source, None));
        ask("getLatestOnlineWhatsAccount", json!({ "source": source }), model.recent(source));
        ask("queryUserStatusLog", json!({ "source": source }), model.status_log(source, None, None));
    }
    let accounts: Vec<_> = model.agent_accounts().collect();
    for _ in 0..SAMPLES {
        let (source, whatsapp) = (SOURCES[rng.usize(0..3)], number(rng.u64(0..ACCOUNTS)));
        let asked = rng.bool().then_some(source);
        ask("queryWhatsAppInfo", json!({ "source": asked, "whatsapp": whatsapp }), model.location(whatsapp, asked));
        let log = model.status_log(source, None, Some(whatsapp));
        ask("queryUserStatusLog", json!({ "source": source, "whatsApp": whatsapp.to_string() }), log);
        let agent = (1_000 + rng.u64(0..AGENTS)).cast_signed();
        let status = model.user_status(source, Some(agent));
        ask("queryUserStatus", json!({ "source": source, "userId": agent }), status);
        if !accounts.is_empty() {
            let (_, account) = accounts[rng.usize(0..accounts.len())];
            let log = model.status_log(source, Some(account), None);
            ask("queryUserStatusLog", json!({ "source": source, "agentAccount": account }), log);
        }
    }
    questions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{BatchId, BatchSpec, events};

    #[test]
    fn an_event_is_listed_or_pushed_out_by_later_ones() {
        let spec = BatchSpec { id: BatchId { feeder: 0, batch: 0 }, tenant: 71, events: 1, time: 1_800_000_000_000 };
        let [event] = &events(1, &spec)[..] else { panic!("one event") };
        let at = |seconds: i64| record(&Event { at: event.at + 1_000 * seconds, ..event.clone() });
        let listed = |list: Vec<Value>| is_listed(&json!([{ "whatsAppList": [] }, { "whatsAppList": list }]), event);
        assert!(listed(vec![at(1), at(0)]));
        assert!(!listed(vec![at(1), at(-1)]) && !listed(vec![]));
        assert!(listed(vec![at(1); EVENTS]) && !listed(vec![at(1); EVENTS - 1]));
        assert!(!listed([vec![at(1); EVENTS - 1], vec![at(-1)]].concat()));
    }

    #[test]
    fn the_first_difference_is_named() {
        let expected = json!([{ "userId": 1, "list": [{ "name": "a" }, { "name": "b" }] }]);
        let found = json!([{ "list": [{ "name": "a" }, { "name": "c" }, 5], "userId": 1 }]);
        let said = difference(Some(&expected), Some(&found), "data");
        assert_eq!(said, r#"data[0].list[1].name: expected "b", found "c""#);
        let said = difference(Some(&expected), Some(&json!([])), "data");
        assert!(said.starts_with("data[0]: expected {") && said.ends_with("found nothing"), "{said}");
    }
}
