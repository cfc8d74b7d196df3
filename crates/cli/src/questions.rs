//! The five questions.

use group_dispatch_client::{Client, Error};
use group_dispatch_types::{
    GetLatestOnlineWhatsAccountRequest, QueryUserStatusLogRequest, QueryUserStatusRequest, QueryWhatsAppInfoRequest,
    Source, UserId, UtcOffset,
};

use crate::{
    answers,
    arguments::{Question, Reading},
    clock::Clock,
    output::Answer,
    service::Service,
};

pub async fn run(question: &Question) -> anyhow::Result<()> {
    let asking = question.asking();
    let service = Service::chosen(&asking.service)?;
    let answer = ask(&service.client(asking.timeout)?, question, service.utc_offset).await;
    let explained = |error: anyhow::Error| match error.downcast_ref() {
        Some(refusal) => service.explain(refusal),
        None => error,
    };
    answer.map_err(explained)?.print(asking.output)
}

/// Asks a service whose clock times are at `utc_offset`, unless the question says otherwise.
pub async fn ask(client: &Client, question: &Question, utc_offset: UtcOffset) -> anyhow::Result<Answer> {
    match question {
        Question::Online { source, user_id, agent_account, .. } => {
            // The same account goes by another name in each of the two queries that take it.
            let user_name = agent_account.clone();
            let question = QueryUserStatusRequest { source: *source, user_id: *user_id, user_name };
            let agents = client.ask(question).await?;
            let nobody = format!("{} is online at {source}", no_agent(*user_id, agent_account.as_deref()));
            Answer::new(&agents, answers::online(&agents, *source).or_say(nobody))
        }
        Question::All { .. } => {
            let groups = client.all_online().await?;
            Answer::new(&groups, answers::all(&groups).or_say("no agent is online"))
        }
        Question::Account { number, source, .. } => {
            let question = QueryWhatsAppInfoRequest { whatsapp: (*number).into(), source: *source };
            let location = client.ask(question).await?;
            let nowhere = match source {
                Some(source) => format!("{number} is not online at {source}"),
                None => format!("{number} is not online at pc or mobile; --source cloud looks at cloud computers"),
            };
            Answer::new(&location, answers::account(location.as_ref()).or_say(nowhere))
        }
        Question::Log { source, agent_account, whatsapp, reading, .. } => {
            let question = QueryUserStatusLogRequest {
                source: *source,
                agent_account: agent_account.clone(),
                whats_app: *whatsapp,
            };
            let logs = client.ask(question).await?;
            let of = whatsapp.map(|number| format!(" of {number}")).unwrap_or_default();
            let nothing = format!("{} has events{of} at {source}", no_agent(None, agent_account.as_deref()));
            Answer::new(&logs, answers::log(&logs, &clock(reading, utc_offset)).or_say(nothing))
        }
        Question::Recent { source, user_id, .. } => {
            let question = GetLatestOnlineWhatsAccountRequest { source: *source, user_id: *user_id };
            let agents = client.ask(question).await?;
            let none = format!("{} has had an account online at {source}", no_agent(*user_id, None));
            Answer::new(&agents, answers::recent(&agents, *source).or_say(none))
        }
    }
}

/// Asks for next to nothing: it is about whether the service takes the key.
pub async fn knock(client: &Client) -> Result<(), Error> {
    let question = QueryUserStatusRequest { source: Source::Pc, user_id: Some(UserId::from(1)), user_name: None };
    client.ask(question).await.map(|_| ())
}

fn clock(reading: &Reading, utc_offset: UtcOffset) -> Clock {
    let service = reading.utc_offset.unwrap_or(utc_offset);
    if reading.utc { Clock::utc(service) } else { Clock::local(service) }
}

/// None of the agents that were asked for, in words.
fn no_agent(id: Option<UserId>, account: Option<&str>) -> String {
    let account = account.filter(|account| !account.is_empty());
    match (account, id) {
        (Some(account), Some(id)) => format!("no agent with the login account {account} and id {id}"),
        (Some(account), None) => format!("no agent with the login account {account}"),
        (None, Some(id)) => format!("no agent with id {id}"),
        (None, None) => "no agent".to_owned(),
    }
}
