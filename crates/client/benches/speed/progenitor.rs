//! What progenitor alone makes of the contract, and the signing that it lacks, put in with its own hook.

use progenitor_client::{ClientHooks, Error, OperationInfo};
use reqwest::Request;

use crate::{Accounts, Outcome, by_hand};

#[rustfmt::skip]
#[allow(clippy::all, clippy::unwrap_used, dead_code, missing_docs)]
#[path = "generated/raw.snap.rs"]
mod generated;

pub use generated::{Client, types};

count_accounts!(types::QueryUserStatusResponse, types::QueryAllOlWhatsAppInfoResponse);

pub fn client(url: &str) -> Outcome<Client> {
    Ok(Client::new_with_client(url, by_hand::http()?))
}

impl ClientHooks<()> for Client {
    async fn pre<E>(&self, request: &mut Request, _: &OperationInfo) -> Result<(), Error<E>> {
        let signature = by_hand::signature().map_err(|error| Error::Custom(error.to_string()))?;
        request.headers_mut().extend(signature);
        Ok(())
    }
}

pub async fn accounts_online(client: &Client) -> Outcome<usize> {
    let source = types::Source::try_from(1)?;
    let question = types::QueryUserStatusRequest { source, user_id: None, user_name: None };
    let answer = client.query_user_status(&question).await?.into_inner();
    if *answer.code != 200 {
        return Err(answer.message.into());
    }
    Ok(answer.accounts())
}
