//! How fast our types and our client are: against what a sensible person would write by hand without them, and against
//! what progenitor alone makes of the contract.
//!
//! `cargo bench -p group-dispatch-client` prints a table of ratios, `cargo bench -p group-dispatch-client -- decode` that of
//! the cases with `decode` in their name. It is a small program of its own, because the usual harnesses measure one
//! candidate after the other: on a machine that does other things as well, that compares moments. Here the candidates take
//! turns (see `rounds`), and a speed is only ever told as a ratio within one run.
#![allow(clippy::print_stdout)]

use std::{error::Error, hint::black_box};

use group_dispatch_client::{Client, RateLimit, Source, types};
use serde::de::DeserializeOwned;
use tokio::runtime::{self, Runtime};

use by_hand::CREDENTIALS;
use rounds::Case;

/// What is in an answer; all candidates have to have read the same.
trait Accounts {
    /// How many accounts there are in it.
    fn accounts(&self) -> usize;
}

/// Counts in the answers of queryUserStatus and queryAllOlWhatsAppInfo, whose fields all candidates call the same.
macro_rules! count_accounts {
    ($user_status:ty, $all_online:ty) => {
        impl $crate::Accounts for $user_status {
            fn accounts(&self) -> usize {
                self.data.iter().map(|agent| agent.whats_app_list.len()).sum()
            }
        }

        impl $crate::Accounts for $all_online {
            fn accounts(&self) -> usize {
                self.data.iter().flat_map(|group| &group.list).map(|agent| agent.whats_app_list.len()).sum()
            }
        }
    };
}

mod answers;
#[expect(dead_code, reason = "what it decodes is only counted")]
mod by_hand;
mod progenitor;
mod rounds;
mod server;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

count_accounts!(types::QueryUserStatusResponse, types::QueryAllOlWhatsAppInfoResponse);

/// The least that we want of the speed of what is written by hand.
const DECODING_GOAL: f64 = 0.95;
const SMALL_CALL_GOAL: f64 = 0.95;
const LARGE_CALL_GOAL: f64 = 0.92;

fn main() -> Outcome {
    // `cargo bench` says so; anything else, such as `cargo test --benches`, only wants to see it work.
    let measuring = std::env::args().any(|argument| argument == "--bench");
    let part_of_name = std::env::args().skip(1).find(|argument| !argument.starts_with("--")).unwrap_or_default();
    let agents = answers::online_agents(1_000, 5);
    let groups = answers::all_online(1_000, 5);
    let (small, large) = (answers::online_agents(1, 1), answers::online_agents(24_000, 5));
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;

    if measuring {
        println!("{}", rounds::HEADING);
    }
    for mut case in [
        decoding::<by_hand::UserStatus, types::QueryUserStatusResponse, progenitor::types::QueryUserStatusResponse>(
            "decode queryUserStatus",
            &agents,
        ),
        decoding::<
            by_hand::AllOnline,
            types::QueryAllOlWhatsAppInfoResponse,
            progenitor::types::QueryAllOlWhatsAppInfoResponse,
        >("decode queryAllOlWhatsAppInfo", &groups),
        calling(&small, SMALL_CALL_GOAL, &runtime)?,
        calling(&large, LARGE_CALL_GOAL, &runtime)?,
    ] {
        if !case.name.contains(&part_of_name) {
            continue;
        }
        case.check()?;
        if measuring {
            println!("{}", case.measure()?);
        }
    }
    Ok(())
}

fn decoding<'a, ByHand, Ours, Raw>(name: &str, body: &'a str) -> Case<'a>
where
    ByHand: DeserializeOwned + Accounts,
    Ours: DeserializeOwned + Accounts,
    Raw: DeserializeOwned + Accounts,
{
    fn decode<T: DeserializeOwned + Accounts>(body: &str) -> Outcome<usize> {
        Ok(serde_json::from_slice::<T>(black_box(body.as_bytes()))?.accounts())
    }
    Case {
        name: format!("{name}, {} bytes", body.len()),
        goal: DECODING_GOAL,
        candidates: [
            Box::new(|| decode::<ByHand>(body)),
            Box::new(|| decode::<Ours>(body)),
            Box::new(|| decode::<Raw>(body)),
        ],
    }
}

/// One call of queryUserStatus to a server on this machine that always gives the same answer.
fn calling<'a>(answer: &str, goal: f64, runtime: &'a Runtime) -> Outcome<Case<'a>> {
    let url = server::start(answer.to_owned())?;
    let by_hand = by_hand::Client::new(&url)?;
    // What is measured is the call, not the wait for its turn; retries and all else are on.
    let ours = Client::builder().base_url(&url).credentials(CREDENTIALS.clone());
    let ours = ours.rate_limit(RateLimit::Unlimited).build()?;
    let raw = progenitor::client(&url)?;
    Ok(Case {
        name: format!("call queryUserStatus, {} bytes", answer.len()),
        goal,
        candidates: [
            Box::new(move || runtime.block_on(by_hand.accounts_online())),
            Box::new(move || runtime.block_on(accounts_online(&ours))),
            Box::new(move || runtime.block_on(progenitor::accounts_online(&raw))),
        ],
    })
}

/// The call as a user of our client writes it.
async fn accounts_online(client: &Client) -> Outcome<usize> {
    let agents = client.online_agents(Source::Pc).await?;
    Ok(agents.iter().map(|agent| agent.whats_app_list.len()).sum())
}
