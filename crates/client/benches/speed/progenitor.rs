//! progenitor's own output for the contract, with signing added by its hook.

use anyhow::{Result, bail};
use progenitor_client::{ClientHooks, Error, OperationInfo};
use reqwest::Request;

use crate::{CountAccounts, by_hand};

#[rustfmt::skip]
#[allow(clippy::all, clippy::unwrap_used, dead_code, missing_docs)]
#[path = "generated/raw.snap.rs"]
mod generated;

pub use generated::{Client, types};

count_accounts!(types::QueryUserStatusResponse, types::QueryAllOlWhatsAppInfoResponse);

pub fn client(url: &str) -> Result<Client> {
    Ok(Client::new_with_client(url, by_hand::http()?))
}

impl ClientHooks<()> for Client {
    async fn pre<E>(&self, request: &mut Request, _: &OperationInfo) -> std::result::Result<(), Error<E>> {
        let signature = by_hand::signature().map_err(|error| Error::Custom(error.to_string()))?;
        request.headers_mut().extend(signature);
        Ok(())
    }
}

pub async fn accounts_online(client: &Client) -> Result<usize> {
    let source = types::Source::try_from(1)?;
    let request = types::QueryUserStatusRequest { source, user_id: None, user_name: None };
    let response = client.query_user_status(&request).await?.into_inner();
    if *response.code != 200 {
        bail!(response.message);
    }
    Ok(response.accounts())
}
