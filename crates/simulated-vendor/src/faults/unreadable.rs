//! What can never be read.

use group_dispatch_types::{Operation, UserId, WhatsAppNumber};

/// What can never be read, because a number or an id in it is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// The first account, in every list.
    Account,
    /// The first account, in the answers about who is online. The log has it.
    OnlineAccount,
    /// The first agent, in queryAllOlWhatsAppInfo: as if it had no id there (D1).
    NamedAgent,
}

impl Unreadable {
    /// Returns whether it is in the answers of an operation.
    pub(crate) const fn is_in(self, operation: Operation) -> bool {
        match self {
            Self::Account => true,
            Self::OnlineAccount => {
                matches!(operation, Operation::QueryAllOlWhatsAppInfo | Operation::QueryUserStatus)
            }
            Self::NamedAgent => matches!(operation, Operation::QueryAllOlWhatsAppInfo),
        }
    }
}

/// An element of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    Agent(UserId),
    Account(WhatsAppNumber),
}
