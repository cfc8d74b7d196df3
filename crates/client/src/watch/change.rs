use std::fmt;

use group_dispatch_types::{OnlineAccount, Source, SourceGroup, UserId};
use serde::Serialize;

/// One change of who is online at a source.
///
/// An account is known by its source and its number, for it may be online at several sources at once: going from PC to
/// mobile is told as left there and appeared here. An agent is known by its source and its id, and is there as long as it
/// has an account online there. Names are no part of that: a new nickname is no change.
///
/// As JSON it is one flat object, with the contract's names. `change` tells which it is, `userId`, `agentAccount` and
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
    /// A source was answered for the first time: who is online there, which later changes go on from. Agents are ordered
    /// by id and their accounts by number; agents without accounts are left out.
    Began(SourceGroup),
    /// An agent's first account at the source is online. Its accounts follow.
    AgentAppeared {
        /// Where.
        source: Source,
        /// Who.
        #[serde(flatten)]
        agent: Agent,
    },
    /// An account came online.
    AccountAppeared {
        /// Where.
        source: Source,
        /// With whom.
        #[serde(flatten)]
        agent: Agent,
        /// Which.
        #[serde(flatten)]
        account: OnlineAccount,
    },
    /// An account is online with another agent of the same source.
    AccountMoved {
        /// Where.
        source: Source,
        /// With whom it was.
        from: Agent,
        /// With whom it is.
        #[serde(flatten)]
        to: Agent,
        /// Which.
        #[serde(flatten)]
        account: OnlineAccount,
    },
    /// An account is no longer online.
    AccountLeft {
        /// Where it was.
        source: Source,
        /// With whom it was.
        #[serde(flatten)]
        agent: Agent,
        /// Which.
        #[serde(flatten)]
        account: OnlineAccount,
    },
    /// An agent has no account online at the source any more. What became of its accounts was told before.
    AgentLeft {
        /// Where it was.
        source: Source,
        /// Who.
        #[serde(flatten)]
        agent: Agent,
    },
}

impl Change {
    /// Where it happened.
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

    /// The agent; of an account that moved the new one. None for [`Change::Began`].
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

    /// The account, where it is about one.
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

/// An agent without its accounts. `Debug` shows its id alone, for the rest is personal data.
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

    /// One of each kind, with its JSON.
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
    fn as_json_it_is_flat_and_has_the_contracts_names() -> serde_json::Result<()> {
        for (change, json) in one_of_each() {
            assert_eq!(serde_json::to_value(&change)?, json);
        }
        Ok(())
    }

    #[test]
    fn parts_that_many_have_are_found_without_a_match() {
        for (change, json) in one_of_each() {
            assert_eq!(change.source(), Source::Pc);
            let agent = change.agent().map(|agent| agent.user_id.get());
            assert_eq!(agent, json["userId"].as_u64());
            let account = change.account().map(|account| account.whats_app.to_string());
            assert_eq!(account.as_deref(), json["whatsApp"].as_str());
        }
    }

    #[test]
    fn debug_never_shows_personal_data_whole() {
        for (change, _) in one_of_each() {
            let debug = format!("{change:?}");
            for secret in ["8618217331411", "jack", "br01", "br02", "Ana", "Eva"] {
                assert!(!debug.contains(secret), "{secret} stands in {debug}");
            }
        }
    }
}
