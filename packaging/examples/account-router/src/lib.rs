//! Decides who answers a customer: the agent that has their WhatsApp account online, or the duty desk.

use std::fmt;

use group_dispatch_client::{Client, Error, types::AccountLocation};

/// Who answers a customer.
#[derive(Debug, PartialEq, Eq)]
pub enum Route {
    /// This agent, at a source.
    Agent(AccountLocation),
    /// The duty desk, because the account is not online.
    NotOnline,
    /// The duty desk, because the service fails for now.
    Unknown,
}

/// Returns who answers the customer with this account, a phone number as people write it.
///
/// # Errors
/// If the account is not a phone number, or the service rejects the request. Both need a change, and don't go away.
pub async fn route(client: &Client, account: &str) -> Result<Route, Error> {
    match client.account_location(account).await {
        Ok(Some(location)) => Ok(Route::Agent(location)),
        Ok(None) => Ok(Route::NotOnline),
        Err(error) if error.is_retryable() => Ok(Route::Unknown),
        Err(error) => Err(error),
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agent(location) => write!(f, "agent {} at {}", location.agent_account, location.source),
            Self::NotOnline => f.write_str("duty desk: the account is not online"),
            Self::Unknown => f.write_str("duty desk: the service does not respond for now"),
        }
    }
}
