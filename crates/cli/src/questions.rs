//! The five questions.

use anyhow::{Context, anyhow};
use comfy_table::Table;
use group_dispatch_client::{Client, Credentials, Error};
use group_dispatch_types::{
    BusinessCode, GetLatestOnlineWhatsAccountRequest, QueryUserStatusLogRequest, QueryUserStatusRequest,
    QueryWhatsAppInfoRequest,
};
use serde::Serialize;

use crate::{
    arguments::{Asking, Output, Question},
    tables, terminal,
};

pub async fn run(question: &Question) -> anyhow::Result<()> {
    ask(question).await.map_err(|error| match error.downcast_ref::<Error>().and_then(Error::code) {
        // The service speaks of the token, which people never see.
        Some(BusinessCode::TokenWrong) => anyhow!("{error}; are the tenant's id and its key right?"),
        _ => error,
    })
}

async fn ask(question: &Question) -> anyhow::Result<()> {
    match question {
        Question::Online { source, user_id, user_name, asking } => {
            let question = QueryUserStatusRequest { source: *source, user_id: *user_id, user_name: user_name.clone() };
            let agents = client(asking)?.ask(question).await?;
            print(asking, &agents, || tables::online(&agents))
        }
        Question::All { asking } => {
            let groups = client(asking)?.all_online().await?;
            print(asking, &groups, || tables::all(&groups))
        }
        Question::Account { number, source, asking } => {
            let question = QueryWhatsAppInfoRequest { whatsapp: (*number).into(), source: *source };
            let location = client(asking)?.ask(question).await?;
            print(asking, &location, || tables::account(location.as_ref(), *source))
        }
        Question::Log { source, agent_account, whatsapp, asking } => {
            let question = QueryUserStatusLogRequest {
                source: *source,
                agent_account: agent_account.clone(),
                whats_app: *whatsapp,
            };
            let logs = client(asking)?.ask(question).await?;
            print(asking, &logs, || tables::log(&logs))
        }
        Question::Recent { source, user_id, asking } => {
            let question = GetLatestOnlineWhatsAccountRequest { source: *source, user_id: *user_id };
            let agents = client(asking)?.ask(question).await?;
            print(asking, &agents, || tables::recent(&agents))
        }
    }
}

fn client(asking: &Asking) -> anyhow::Result<Client> {
    let client = Client::builder()
        .base_url(&asking.url)
        .credentials(Credentials::new(asking.tenant_id, &asking.api_key))
        .build()?;
    Ok(client)
}

fn print<T: Serialize>(asking: &Asking, data: &T, table: impl FnOnce() -> Table) -> anyhow::Result<()> {
    match asking.output {
        Output::Table => terminal::print(table()),
        Output::Json => terminal::print(serde_json::to_string_pretty(data).context("cannot write the answer as JSON")?),
    }
}
