//! What the subcommands of the queries share: sending, printing, and the exit status.

use std::process::ExitCode;

use group_dispatch_client::Client;
use group_dispatch_types::{UserId, UtcOffset};

use crate::{
    arguments::query::QueryArguments,
    output::{self, Response},
    service::Service,
    terminal::StdoutClosed,
    usage_error::UsageError,
};

/// The exit status for an empty response with `--exit-code`.
pub const EMPTY_STATUS: u8 = 4;

/// A subcommand that sends one of the queries.
pub trait Query {
    /// Returns the arguments that all queries have.
    fn arguments(&self) -> &QueryArguments;

    /// Checks the arguments before the service is known.
    ///
    /// # Errors
    /// If no response can match them.
    fn check(&self) -> Result<(), UsageError> {
        Ok(())
    }

    /// Sends the query to a service whose clock times are at `utc_offset`.
    async fn send(&self, client: &Client, utc_offset: UtcOffset) -> anyhow::Result<Response>;
}

/// Sends a query to the service that its arguments select, and prints the response.
pub async fn run(query: &impl Query) -> anyhow::Result<ExitCode> {
    let arguments = query.arguments();
    output::check_format(arguments.output)?;
    query.check()?;
    let service = Service::from_arguments(&arguments.service)?;
    let client = service.build_client(arguments.timeout.timeout)?;
    let response = query.send(&client, service.utc_offset).await.map_err(|error| match error.downcast_ref() {
        Some(error) => service.explain_with_origin(error),
        None => error,
    })?;
    let is_empty = arguments.exit_code && response.rows.is_empty();
    match response.print(arguments.output) {
        // The exit status counts even if nobody reads the rest of the output.
        Err(error) if !error.is::<StdoutClosed>() => Err(error),
        _ if is_empty => Ok(ExitCode::from(EMPTY_STATUS)),
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// Returns the subject of a message that nothing was found: "no agent", with the filters that were used.
pub fn no_agent(id: Option<UserId>, account: Option<&str>) -> String {
    let account = account.filter(|account| !account.is_empty());
    match (account, id) {
        (Some(account), Some(id)) => format!("no agent with the login account {account} and id {id}"),
        (Some(account), None) => format!("no agent with the login account {account}"),
        (None, Some(id)) => format!("no agent with id {id}"),
        (None, None) => "no agent".to_owned(),
    }
}
