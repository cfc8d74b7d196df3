//! A service that fails in ten ways gets no wrong answer out of the client, and no call that doesn't end.
//!
//! `GROUP_DISPATCH_FAULT_SEED` sets another seed; `--nocapture` shows what happened.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, missing_docs, unreachable_pub)]

mod plan;
mod server;

use std::{collections::BTreeMap, env, future::IntoFuture, sync::Arc, time::Duration};

use futures_util::{StreamExt, future::BoxFuture, stream};
use group_dispatch_client::{
    Client, Credentials, Error, Query, QueryResponse, RateLimit, Request, RetryBudget, RetryPolicy, Source,
};
use plan::{Fault, Plan};
use serde::Serialize;
use serde_json::Value;
use server::{CALL, FIRST_ACCOUNT, Log, Server};

const CALLS: u64 = 2_000;
const AT_A_TIME: usize = 50;
const MAX_ATTEMPTS: u32 = 4;
const RESERVE: u32 = 100;

/// A call that did not end in this time hangs.
const FOREVER: Duration = Duration::from_secs(300);

fn plan(failing: f64) -> Plan {
    let seed = env::var("GROUP_DISPATCH_FAULT_SEED").map_or(4711, |seed| seed.parse().expect("the seed is a number"));
    let plan = Plan { seed, failing };
    eprintln!("{plan}");
    plan
}

fn client(server: &Server, budget: RetryBudget) -> Client {
    let policy = RetryPolicy::default().max_attempts(MAX_ATTEMPTS);
    Client::builder()
        .base_url(&server.address)
        .credentials(Credentials::new(1, "key"))
        .rate_limit(RateLimit::Unlimited)
        .attempt_timeout(Duration::from_secs(1))
        .timeout(FOREVER)
        .retry(policy.pauses(Duration::from_millis(5), Duration::from_millis(50)))
        .retry_budget(budget)
        .build()
        .unwrap()
}

/// How a call ended: the operation, the data as JSON, and how many requests were sent if that is known.
struct Ended {
    call: u64,
    operation: &'static str,
    outcome: Result<(Value, Option<u32>), Error>,
}

/// Asks the five questions by turns, each about an agent of its own.
fn ask(client: &Client, call: u64) -> BoxFuture<'static, Ended> {
    let id = u32::try_from(call).unwrap();
    let login = format!("agent-{call}");
    match call % 5 {
        0 => run(call, "queryUserStatus", client.online_agents(Source::Pc).user_id(id)),
        1 => run(call, "queryAllOlWhatsAppInfo", client.all_online()),
        2 => run(call, "queryWhatsAppInfo", client.account_location(FIRST_ACCOUNT + call).source(Source::Mobile)),
        3 => run(call, "queryUserStatusLog", client.status_log(Source::Pc).agent_account(login)),
        _ => run(call, "getLatestOnlineWhatsAccount", client.recent_accounts(Source::Pc).user_id(id)),
    }
}

fn run<R: Request<Data: Serialize>>(call: u64, operation: &'static str, query: Query<R>) -> BoxFuture<'static, Ended> {
    let query = query.header(CALL, call.to_string());
    Box::pin(async move {
        let json = |data: &R::Data| serde_json::to_value(data).unwrap();
        // Bodies that are kept are read in another way.
        let outcome = if call.is_multiple_of(2) {
            query
                .with_response()
                .await
                .map(|QueryResponse { data, response, .. }| (json(&data), Some(response.attempts())))
        } else {
            query.into_future().await.map(|data| (json(&data), None))
        };
        Ended { call, operation, outcome }
    })
}

/// Makes all calls, some at a time, and waits for each to end.
async fn ask_all(client: &Client) -> Vec<Ended> {
    let calls = stream::iter(0..CALLS).map(|call| tokio::spawn(ask(client, call)));
    let ended = calls.buffer_unordered(AT_A_TIME).map(Result::unwrap).collect();
    tokio::time::timeout(FOREVER, ended).await.expect("a call hangs")
}

/// What is true of every call that ended, however it did.
fn check(ended: &Ended, log: &Log) {
    let Ended { call, operation, outcome } = ended;
    let requests = log.get(call).map_or(&[][..], |requests| requests);
    let came = u32::try_from(requests.len()).unwrap();
    let attempts = match outcome {
        Ok((data, attempts)) => {
            assert!(*data == server::data(operation, *call), "call {call} got another's answer: {data}");
            assert!(requests.iter().any(Result::is_ok), "call {call} got an answer that was not sent: {requests:?}");
            attempts.unwrap_or(MAX_ATTEMPTS)
        }
        Err(error) => {
            let cause = if let Error::BudgetExhausted { last, .. } = error { last } else { error };
            // A connection that was closed while nothing was asked may be noticed too late. A machine that is busy with
            // something else may let the time run out.
            let not_by_plan = matches!(cause, Error::Timeout { .. })
                || matches!(cause, Error::Connection { .. }) && came < error.attempts();
            let by_plan = requests.iter().any(|fate| fate.is_err_and(|fault| fault.explains(cause)));
            assert!(by_plan || not_by_plan, "call {call} failed by {requests:?}, and tells {error:?}");
            let was_given_up = matches!(error, Error::BudgetExhausted { .. }) || error.attempts() == MAX_ATTEMPTS;
            assert!(was_given_up || !error.is_retryable(), "call {call} was given up too early: {error:?}");
            error.attempts()
        }
    };
    assert!(came <= attempts && attempts <= MAX_ATTEMPTS, "call {call}: {came} requests came in {attempts} attempts");
}

fn kind(error: &Error) -> &'static str {
    match error {
        Error::Business { .. } => "refused",
        Error::Http { .. } => "an HTTP status",
        Error::Decode { is_cut: true, .. } => "cut JSON",
        Error::Decode { .. } => "no JSON",
        Error::Timeout { .. } => "in no time",
        Error::Connection { .. } => "a broken connection",
        Error::BudgetExhausted { .. } => "the retry budget",
        _ => "another",
    }
}

/// Says how the calls ended, and how many of them well.
fn summary(ended: &[Ended], server: &Server) -> usize {
    let right = ended.iter().filter(|ended| ended.outcome.is_ok()).count();
    let mut errors = BTreeMap::<_, u32>::new();
    for error in ended.iter().filter_map(|ended| ended.outcome.as_ref().err()) {
        *errors.entry(kind(error)).or_default() += 1;
    }
    let mut faults = BTreeMap::<_, u32>::new();
    let (mut requests, mut most) = (0, 0);
    for of_call in server.log().values() {
        (requests, most) = (requests + of_call.len(), most.max(of_call.len()));
        for fault in of_call.iter().filter_map(|fate| fate.err()) {
            *faults.entry(fault).or_default() += 1;
        }
    }
    eprintln!("{} calls: {right} right answers, errors by kind: {errors:?}", ended.len());
    eprintln!("{requests} requests, at most {most} for a call; faults: {faults:?}");
    assert_eq!(faults.len(), Fault::ALL.len(), "not every fault happened");
    right
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_call_ends_in_the_right_answer_or_in_an_error_that_says_why() {
    let server = Server::start(plan(0.3)).await;
    let ended = ask_all(&client(&server, RetryBudget::default())).await;
    let log = server.log();
    for ended in &ended {
        check(ended, &log);
    }
    let right = summary(&ended, &server);
    assert!(right as f64 > 0.8 * CALLS as f64, "{right} right answers");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_only_fails_is_asked_little_more_than_once_a_call() {
    let server = Server::start(plan(1.0)).await;
    let ended = ask_all(&client(&server, RetryBudget::new(RESERVE, 0.5, 0.0))).await;
    let log = server.log();
    for ended in &ended {
        check(ended, &log);
    }
    assert_eq!(summary(&ended, &server), 0);
    let bound = CALLS + u64::from(RESERVE);
    let attempts: u64 =
        ended.iter().filter_map(|it| it.outcome.as_ref().err()).map(|it| u64::from(it.attempts())).sum();
    let requests: usize = log.values().map(Vec::len).sum();
    assert!(attempts <= bound && requests as u64 <= bound, "{attempts} attempts, {requests} requests");
}

/// A future that is dropped leaves half an answer on its connection. Nobody else is to read it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_that_give_up_spoil_no_answer_of_others() {
    let server = Server::start(plan(0.1)).await;
    let client = Arc::new(client(&server, RetryBudget::unlimited()));
    let calls = stream::iter(0..CALLS).map(|call| {
        let patience = Duration::from_millis(if call.is_multiple_of(3) { call % 10 } else { FOREVER.as_secs() * 1000 });
        tokio::spawn(tokio::time::timeout(patience, ask(&client, call)))
    });
    let all = calls.buffer_unordered(AT_A_TIME).map(|ended| ended.unwrap().ok()).collect::<Vec<_>>();
    let ended: Vec<_> = tokio::time::timeout(FOREVER, all).await.expect("a call hangs").into_iter().flatten().collect();
    let log = server.log();
    for ended in &ended {
        check(ended, &log);
    }
    summary(&ended, &server);
    assert!(ended.len() as u64 >= CALLS - CALLS / 3 - 1, "who was patient got no end");
}
