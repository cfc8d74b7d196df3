//! The changes that a watch reports, and their JSON form.

use std::fmt;

use group_dispatch_types::{OnlineAccount, Source, SourceGroup, UserId};
use serde::Serialize;

/// A change of who is online at a source.
///
/// An account is identified by its source and its number, because it may be online at several sources at once: if it goes
/// from PC to mobile, it left PC and appeared at mobile. An agent is identified by its source and its id, and is online as
/// long as it has an account online there. A new name is not a change.
///
/// As JSON it is a flat object with the contract's names. `change` is the kind of the change; `userId`, `agentAccount` and
/// `userName` are those of [`agent`](Self::agent), and `whatsApp` and `name` those of [`account`](Self::account):
///
/// ```json
/// {"change": "began", "source": 1, "list": []}
/// {"change": "agentAppeared", "source": 1, "userId": 12, "agentAccount": "br02", "userName": "Ana"}
/// {"change": "accountAppeared", "source": 1, "userId": 12, "agentAccount": "br02", "userName": "Ana", "whatsApp": "8618217331411", "name": "jack"}
/// {"change": "accountMoved", "source": 1, "from": {"userId": 9, "agentAccount": "br01", "userName": "Eva"}, "userId": 12, "agentAccount": "br02", "userName": "Ana", "whatsApp": "8618217331411"}
/// {"change": "accountLeft", "source": 1, "userId": 12, "agentAccount": "br02", "userName": "Ana", "whatsApp": "8618217331411"}
/// {"change": "agentLeft", "source": 1, "userId": 12, "agentAccount": "br02", "userName": "Ana"}
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(tag = "change", rename_all = "camelCase")]
#[non_exhaustive]
pub enum Change {
    /// The first response for a source: who is online there. Later changes apply to it. Agents are ordered by id and their
    /// accounts by number; agents without accounts are left out.
    Began(SourceGroup),
    /// An agent's first account at the source came online. Its accounts follow.
    AgentAppeared {
        /// The source.
        source: Source,
        /// The agent.
        #[serde(flatten)]
        agent: Agent,
    },
    /// An account came online.
    AccountAppeared {
        /// The source.
        source: Source,
        /// The account's agent.
        #[serde(flatten)]
        agent: Agent,
        /// The account.
        #[serde(flatten)]
        account: OnlineAccount,
    },
    /// An account moved to another agent of the same source.
    AccountMoved {
        /// The source.
        source: Source,
        /// The agent that had the account.
        from: Agent,
        /// The agent that has the account now.
        #[serde(flatten)]
        to: Agent,
        /// The account.
        #[serde(flatten)]
        account: OnlineAccount,
    },
    /// An account went offline.
    AccountLeft {
        /// The source.
        source: Source,
        /// The agent that had the account.
        #[serde(flatten)]
        agent: Agent,
        /// The account.
        #[serde(flatten)]
        account: OnlineAccount,
    },
    /// An agent has no account online at the source any more. The changes of its accounts come before.
    AgentLeft {
        /// The source.
        source: Source,
        /// The agent.
        #[serde(flatten)]
        agent: Agent,
    },
}

impl Change {
    /// Returns the source.
    #[must_use]
    pub const fn source(&self) -> Source {
        match self {
            Self::Began(group) => group.source,
            Self::AgentAppeared { source, .. }
            | Self::AccountAppeared { source, .. }
            | Self::AccountMoved { source, .. }
            | Self::AccountLeft { source, .. }
            | Self::AgentLeft { source, .. } => *source,
        }
    }

    /// Returns the agent; for an account that moved, the new one. `None` for [`Change::Began`].
    #[must_use]
    pub const fn agent(&self) -> Option<&Agent> {
        match self {
            Self::Began(_) => None,
            Self::AgentAppeared { agent, .. }
            | Self::AccountAppeared { agent, .. }
            | Self::AccountMoved { to: agent, .. }
            | Self::AccountLeft { agent, .. }
            | Self::AgentLeft { agent, .. } => Some(agent),
        }
    }

    /// Returns the account of a change of an account.
    #[must_use]
    pub const fn account(&self) -> Option<&OnlineAccount> {
        match self {
            Self::Began(_) | Self::AgentAppeared { .. } | Self::AgentLeft { .. } => None,
            Self::AccountAppeared { account, .. }
            | Self::AccountMoved { account, .. }
            | Self::AccountLeft { account, .. } => Some(account),
        }
    }
}

/// An agent without its accounts. `Debug` shows only its id; the rest is personal data.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Agent {
    /// The agent's id.
    pub user_id: UserId,
    /// The agent's login account.
    pub agent_account: String,
    /// The agent's name.
    pub user_name: String,
}

impl fmt::Debug for Agent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Agent").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use group_dispatch_types::NamedOnlineAgent;
    use serde_json::{Value, json};

    use super::*;

    fn agent(id: u32, agent_account: &str, user_name: &str) -> Agent {
        Agent { user_id: id.into(), agent_account: agent_account.to_owned(), user_name: user_name.to_owned() }
    }

    /// Returns a change of each kind with its JSON.
    fn one_of_each() -> [(Change, Value); 6] {
        let source = Source::Pc;
        let (eva, ana) = (agent(9, "br01", "Eva"), agent(12, "br02", "Ana"));
        let account =
            OnlineAccount { whats_app: "8618217331411".parse().expect("a number"), name: Some("jack".to_owned()) };
        let list = vec![NamedOnlineAgent {
            user_id: ana.user_id,
            agent_account: ana.agent_account.clone(),
            user_name: ana.user_name.clone(),
            whats_app_list: vec![account.clone()],
        }];
        let with = |change: &str, more: Value| {
            let mut json = json!({"source": 1, "userId": 12, "agentAccount": "br02", "userName": "Ana"});
            json["change"] = change.into();
            for (name, value) in more.as_object().expect("an object") {
                json[name] = value.clone();
            }
            json
        };
        let jack = json!({"whatsApp": "8618217331411", "name": "jack"});
        [
            (
                Change::Began(SourceGroup { source, list }),
                json!({"change": "began", "source": 1, "list": [
                    {"userId": 12, "agentAccount": "br02", "userName": "Ana", "whatsAppList": [jack]}
                ]}),
            ),
            (Change::AgentAppeared { source, agent: ana.clone() }, with("agentAppeared", json!({}))),
            (
                Change::AccountAppeared { source, agent: ana.clone(), account: account.clone() },
                with("accountAppeared", jack.clone()),
            ),
            (
                Change::AccountMoved { source, from: eva, to: ana.clone(), account: account.clone() },
                with(
                    "accountMoved",
                    json!({"whatsApp": "8618217331411", "name": "jack",
                        "from": {"userId": 9, "agentAccount": "br01", "userName": "Eva"}}),
                ),
            ),
            (Change::AccountLeft { source, agent: ana.clone(), account }, with("accountLeft", jack)),
            (Change::AgentLeft { source, agent: ana }, with("agentLeft", json!({}))),
        ]
    }

    #[test]
    fn json_is_flat_and_has_the_contracts_names() -> serde_json::Result<()> {
        for (change, json) in one_of_each() {
            assert_eq!(serde_json::to_value(&change)?, json);
        }
        Ok(())
    }

    #[test]
    fn common_members_are_returned_without_a_match() {
        for (change, json) in one_of_each() {
            assert_eq!(change.source(), Source::Pc);
            let agent = change.agent().map(|agent| agent.user_id.get());
            assert_eq!(agent, json["userId"].as_u64());
            let account = change.account().map(|account| account.whats_app.to_string());
            assert_eq!(account.as_deref(), json["whatsApp"].as_str());
        }
    }

    #[test]
    fn debug_shows_no_personal_data() {
        for (change, _) in one_of_each() {
            let debug = format!("{change:?}");
            for secret in ["8618217331411", "jack", "br01", "br02", "Ana", "Eva"] {
                assert!(!debug.contains(secret), "{secret} is in {debug}");
            }
        }
    }
}
