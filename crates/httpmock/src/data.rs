//! Data of successful responses, with short constructors.
//!
//! Numbers are given as people write them. One that is not a WhatsApp account is a mistake in the test and panics.

use group_dispatch_types::{
    AccountLocation, NamedOnlineAgent, OnlineAccount, OnlineAgent, Source, SourceGroup, UserId, WhatsAppNumber,
};

use crate::{MockResponse, QueryAllOlWhatsAppInfo};

/// Returns an agent with its online accounts, for queryUserStatus.
///
/// # Panics
/// If a number is not a WhatsApp account.
#[must_use]
#[track_caller]
pub fn online_agent<const N: usize>(id: impl Into<UserId>, agent_account: &str, numbers: [&str; N]) -> OnlineAgent {
    OnlineAgent { agent_account: agent_account.to_owned(), user_id: id.into(), whats_app_list: accounts(&numbers) }
}

/// Returns the agents that are online at a source, for queryAllOlWhatsAppInfo.
///
/// ```
/// use group_dispatch_client::types::Source;
/// use group_dispatch_httpmock::{MockResponse, QueryAllOlWhatsAppInfo, online_agent, source_group};
/// let all: MockResponse<QueryAllOlWhatsAppInfo> = MockResponse::ok([
///     source_group(Source::Pc, [online_agent(12, "u1", ["8618217331411", "8618217331412"])]),
///     source_group(Source::Mobile, []),
/// ]);
/// ```
#[must_use]
pub fn source_group(source: Source, agents: impl IntoIterator<Item = OnlineAgent>) -> SourceGroup {
    let named = |agent: OnlineAgent| NamedOnlineAgent {
        user_name: agent.agent_account.clone(),
        agent_account: agent.agent_account,
        user_id: agent.user_id,
        whats_app_list: agent.whats_app_list,
    };
    SourceGroup { source, list: agents.into_iter().map(named).collect() }
}

/// Returns where an account is online, for queryWhatsAppInfo.
///
/// # Panics
/// If the number is not a WhatsApp account.
#[must_use]
#[track_caller]
pub fn account_location(number: &str, source: Source, id: impl Into<UserId>, agent_account: &str) -> AccountLocation {
    AccountLocation {
        agent_account: agent_account.to_owned(),
        source,
        user_id: id.into().into(),
        whats_app: account(number),
    }
}

/// Returns responses in which one account goes online (`true`) and offline, while all others stay as in `groups`. An agent
/// without other accounts goes online and offline with it.
///
/// ```
/// use group_dispatch_client::types::{BusinessCode, Source};
/// use group_dispatch_httpmock::{MockResponse, RespondExt, QueryAllOlWhatsAppInfo, flapping, online_agent, source_group};
/// use group_dispatch_httpmock::httpmock::MockServer;
///
/// let server = MockServer::start();
/// let groups = [source_group(Source::Pc, [online_agent(12, "u1", ["8618217331411", "8618217331412"])])];
/// let mut responses = flapping(&groups, "8618217331411", [true, false, true]);
/// responses.insert(1, MockResponse::business(BusinessCode::DatabaseError));
/// let calls = server.respond_to(QueryAllOlWhatsAppInfo, responses);
/// ```
///
/// # Panics
/// If the number is not a WhatsApp account.
#[track_caller]
pub fn flapping(
    groups: &[SourceGroup],
    number: &str,
    online: impl IntoIterator<Item = bool>,
) -> Vec<MockResponse<QueryAllOlWhatsAppInfo>> {
    let without = without(groups, account(number));
    online.into_iter().map(|online| MockResponse::ok(if online { groups } else { &without })).collect()
}

fn without(groups: &[SourceGroup], account: WhatsAppNumber) -> Vec<SourceGroup> {
    let mut groups = groups.to_vec();
    for group in &mut groups {
        for agent in &mut group.list {
            agent.whats_app_list.retain(|other| other.whats_app != account);
        }
        group.list.retain(|agent| !agent.whats_app_list.is_empty());
    }
    groups
}

#[track_caller]
fn accounts(numbers: &[&str]) -> Vec<OnlineAccount> {
    let mut accounts = Vec::with_capacity(numbers.len());
    // No closure, so that a panic names the line of the test.
    for number in numbers {
        accounts.push(OnlineAccount { name: None, whats_app: account(number) });
    }
    accounts
}

#[track_caller]
#[expect(clippy::panic, reason = "a mistake in the test itself, as in httpmock's own builders")]
fn account(number: &str) -> WhatsAppNumber {
    match number.parse() {
        Ok(account) => account,
        Err(reason) => panic!("{number:?}: {reason}"),
    }
}
