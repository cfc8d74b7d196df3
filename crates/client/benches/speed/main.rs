//! Compares the speed of our types and our client with code written by hand (the baseline) and with progenitor's own output.
//!
//! `cargo bench -p group-dispatch-client` prints a table of ratios; `cargo bench -p group-dispatch-client -- decode` only the
//! cases with `decode` in their name. The usual harnesses measure one candidate after the other, which on a busy machine
//! compares different moments. Here the candidates take turns (see `rounds`), and results are ratios within one run.
#![allow(clippy::print_stdout)]

use std::hint::black_box;

use anyhow::Result;
use group_dispatch_client::{Client, RateLimit, Source, types};
use serde::de::DeserializeOwned;
use tokio::runtime::{self, Runtime};

use by_hand::CREDENTIALS;
use rounds::{Candidate, Case};

/// Counts the accounts in a response, to check that all candidates read the same.
trait CountAccounts {
    /// Returns the number of accounts.
    fn accounts(&self) -> usize;
}

/// Implements [`CountAccounts`] for the responses of queryUserStatus and queryAllOlWhatsAppInfo, whose fields have the same
/// names in all candidates.
macro_rules! count_accounts {
    ($user_status:ty, $all_online:ty) => {
        impl $crate::CountAccounts for $user_status {
            fn accounts(&self) -> usize {
                self.data.iter().map(|agent| agent.whats_app_list.len()).sum()
            }
        }

        impl $crate::CountAccounts for $all_online {
            fn accounts(&self) -> usize {
                self.data.iter().flat_map(|group| &group.list).map(|agent| agent.whats_app_list.len()).sum()
            }
        }
    };
}

mod bodies;
#[expect(dead_code, reason = "the decoded values are only counted")]
mod by_hand;
mod progenitor;
mod rounds;
mod server;

count_accounts!(types::QueryUserStatusResponse, types::QueryAllOlWhatsAppInfoResponse);

/// The speeds that we want to reach, relative to the baseline.
const DECODING_GOAL: f64 = 0.95;
const SMALL_CALL_GOAL: f64 = 0.95;
const LARGE_CALL_GOAL: f64 = 0.92;

fn main() -> Result<()> {
    // `cargo bench` passes `--bench`. Without it, as with `cargo test --benches`, the cases are only checked.
    let measuring = std::env::args().any(|argument| argument == "--bench");
    let part_of_name = std::env::args().skip(1).find(|argument| !argument.starts_with("--")).unwrap_or_default();
    let agents = bodies::online_agents(1_000, 5);
    let groups = bodies::all_online(1_000, 5);
    let (small, large) = (bodies::online_agents(1, 1), bodies::online_agents(24_000, 5));
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
    ByHand: DeserializeOwned + CountAccounts,
    Ours: DeserializeOwned + CountAccounts,
    Raw: DeserializeOwned + CountAccounts,
{
    fn decode<T: DeserializeOwned + CountAccounts>(body: &str) -> Result<usize> {
        Ok(serde_json::from_slice::<T>(black_box(body.as_bytes()))?.accounts())
    }
    Case {
        name: format!("{name}, {} bytes", body.len()),
        goal: DECODING_GOAL,
        candidates: [
            Candidate::new(|| decode::<ByHand>(body)),
            Candidate::new(|| decode::<Ours>(body)),
            Candidate::new(|| decode::<Raw>(body)),
        ],
    }
}

/// Calls queryUserStatus of a server on this machine that always sends the same response.
fn calling<'a>(body: &str, goal: f64, runtime: &'a Runtime) -> Result<Case<'a>> {
    let url = server::start(body)?;
    let by_hand = by_hand::Client::new(&url)?;
    // Without the rate limit, whose waits would be measured; everything else has its default.
    let ours = Client::builder().base_url(&url).credentials(CREDENTIALS.clone());
    let ours = ours.rate_limit(RateLimit::Unlimited).build()?;
    let raw = progenitor::client(&url)?;
    Ok(Case {
        name: format!("call queryUserStatus, {} bytes", body.len()),
        goal,
        candidates: [
            Candidate::new(move || runtime.block_on(by_hand.accounts_online())),
            Candidate::new(move || runtime.block_on(accounts_online(&ours))),
            Candidate::new(move || runtime.block_on(progenitor::accounts_online(&raw))),
        ],
    })
}

/// Makes the call as a user of our client does.
async fn accounts_online(client: &Client) -> Result<usize> {
    let agents = client.online_agents(Source::Pc).await?;
    Ok(agents.iter().map(|agent| agent.whats_app_list.len()).sum())
}
