//! A service that fails in ten ways: every call ends, and with the right data or a fitting error.
//!
//! `GROUP_DISPATCH_FAULT_SEED` sets another seed; `--nocapture` prints a summary.

mod plan;
mod server;

use std::{collections::BTreeMap, env, future::IntoFuture, sync::Arc, time::Duration};

use futures_util::{StreamExt, future::BoxFuture, stream};
use group_dispatch_client::{
    Client, ClientRequest, Credentials, Error, Query, QueryResponse, RateLimit, RetryBudget, RetryPolicy, Source,
};
use plan::{Fault, Plan};
use serde::Serialize;
use serde_json::Value;
use server::{CALL, FIRST_ACCOUNT, Log, Server};

const CALLS: u64 = 2_000;
const CONCURRENT_CALLS: usize = 50;
const MAX_ATTEMPTS: u32 = 4;
const BUDGET_RESERVE: u32 = 100;

/// The time after which a call counts as hanging.
const CALL_TIMEOUT: Duration = Duration::from_secs(300);

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
        .timeout(CALL_TIMEOUT)
        .retry(policy.pauses(Duration::from_millis(5), Duration::from_millis(50)))
        .retry_budget(budget)
        .build()
        .unwrap()
}

/// A call that ended: the operation, the data as JSON, and the number of requests if it is known.
struct Ended {
    call: u64,
    operation: &'static str,
    outcome: Result<(Value, Option<u32>), Error>,
}

/// Sends the queries of the five operations in turn, each about another agent.
fn query(client: &Client, call: u64) -> BoxFuture<'static, Ended> {
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

fn run<R: ClientRequest<Data: Serialize>>(
    call: u64,
    operation: &'static str,
    query: Query<R>,
) -> BoxFuture<'static, Ended> {
    let query = query.header(CALL, call.to_string());
    Box::pin(async move {
        let json = |data: &R::Data| serde_json::to_value(data).unwrap();
        // Bodies that are kept are read by other code.
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

/// Makes all calls, some concurrently, and waits until they end.
async fn query_all(client: &Client) -> Vec<Ended> {
    let calls = stream::iter(0..CALLS).map(|call| tokio::spawn(query(client, call)));
    let ended = calls.buffer_unordered(CONCURRENT_CALLS).map(Result::unwrap).collect();
    tokio::time::timeout(CALL_TIMEOUT, ended).await.expect("a call hangs")
}

/// Checks what must be true of every call that ended.
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
            // A closed idle connection may be noticed too late, and on a busy machine the timeout may expire.
            let not_by_plan = matches!(cause, Error::Timeout { .. })
                || matches!(cause, Error::Connection { .. }) && came < error.attempts();
            let by_plan = requests.iter().any(|fate| fate.is_err_and(|fault| fault.explains(cause)));
            assert!(by_plan || not_by_plan, "call {call} failed by {requests:?} with {error:?}");
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

/// Prints how the calls ended, and returns the number of successful ones.
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
    eprintln!("{} calls: {right} successful calls, errors by kind: {errors:?}", ended.len());
    eprintln!("{requests} requests, at most {most} for a call; faults: {faults:?}");
    assert_eq!(faults.len(), Fault::ALL.len(), "not every fault happened");
    right
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_call_ends_with_the_right_data_or_a_fitting_error() {
    let server = Server::start(plan(0.3)).await;
    let ended = query_all(&client(&server, RetryBudget::default())).await;
    let log = server.log();
    for ended in &ended {
        check(ended, &log);
    }
    let right = summary(&ended, &server);
    assert!(right as f64 > 0.8 * CALLS as f64, "{right} successful calls");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_always_fails_gets_little_more_than_one_request_per_call() {
    let server = Server::start(plan(1.0)).await;
    let ended = query_all(&client(&server, RetryBudget::new(BUDGET_RESERVE, 0.5, 0.0))).await;
    let log = server.log();
    for ended in &ended {
        check(ended, &log);
    }
    assert_eq!(summary(&ended, &server), 0);
    let bound = CALLS + u64::from(BUDGET_RESERVE);
    let attempts: u64 =
        ended.iter().filter_map(|it| it.outcome.as_ref().err()).map(|it| u64::from(it.attempts())).sum();
    let requests: usize = log.values().map(Vec::len).sum();
    assert!(attempts <= bound && requests as u64 <= bound, "{attempts} attempts, {requests} requests");
}

/// A dropped future leaves half a response on its connection, which no other call must read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelled_calls_do_not_spoil_responses_of_others() {
    let server = Server::start(plan(0.1)).await;
    let client = Arc::new(client(&server, RetryBudget::unlimited()));
    let calls = stream::iter(0..CALLS).map(|call| {
        let patience =
            Duration::from_millis(if call.is_multiple_of(3) { call % 10 } else { CALL_TIMEOUT.as_secs() * 1000 });
        tokio::spawn(tokio::time::timeout(patience, query(&client, call)))
    });
    let all = calls.buffer_unordered(CONCURRENT_CALLS).map(|ended| ended.unwrap().ok()).collect::<Vec<_>>();
    let ended: Vec<_> =
        tokio::time::timeout(CALL_TIMEOUT, all).await.expect("a call hangs").into_iter().flatten().collect();
    let log = server.log();
    for ended in &ended {
        check(ended, &log);
    }
    summary(&ended, &server);
    assert!(ended.len() as u64 >= CALLS - CALLS / 3 - 1, "who was patient got no end");
}
