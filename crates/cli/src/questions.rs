//! The five questions.

use std::process::ExitCode;

use futures_util::future::try_join_all;
use group_dispatch_client::{Client, Error};
use group_dispatch_types::{
    AccountLocation, GetLatestOnlineWhatsAccountRequest, QueryUserStatusLogRequest, QueryUserStatusRequest,
    QueryWhatsAppInfoRequest, Source, UserId, UtcOffset, WhatsAppNumber,
};
use jiff::Timestamp;

use crate::{
    answers,
    arguments::{Question, Reading},
    clock::Clock,
    exported::exported_log,
    faults,
    history::History,
    output::{self, Answer},
    service::Service,
    terminal::ReaderGone,
};

/// The exit status of an empty answer, where `--exit-code` asks for one.
const EMPTY: u8 = 4;

pub async fn run(question: &Question) -> anyhow::Result<ExitCode> {
    let asking = question.asking();
    output::check(asking.output)?;
    let service = Service::chosen(&asking.service)?;
    let answer = ask(&service.client(asking.time.timeout)?, question, service.utc_offset).await;
    let explained = |error: anyhow::Error| match error.downcast_ref() {
        Some(refusal) => service.explain_with_origin(refusal),
        None => error,
    };
    let answer = answer.map_err(explained)?;
    let is_empty = asking.exit_code && answer.rows.is_empty();
    match answer.print(asking.output) {
        // The status counts also where nobody reads the rest.
        Err(error) if !error.is::<ReaderGone>() => Err(error),
        _ if is_empty => Ok(ExitCode::from(EMPTY)),
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// Asks a service whose clock times are at `utc_offset`, unless the question says otherwise.
pub async fn ask(client: &Client, question: &Question, utc_offset: UtcOffset) -> anyhow::Result<Answer> {
    match question {
        Question::Online { source, user_id, agent_account, .. } => {
            // The same account goes by another name in each of the two queries that take it.
            let user_name = agent_account.clone();
            let question = QueryUserStatusRequest { source: *source, user_id: *user_id, user_name };
            let agents = faults::ask(client.ask(question)).await?;
            let nobody = format!("{} is online at {source}", no_agent(*user_id, agent_account.as_deref()));
            Answer::new(&agents, answers::online(&agents, *source).or_say(nobody))
        }
        Question::All { .. } => {
            let groups = faults::ask(client.all_online()).await?;
            Answer::new(&groups, answers::all(&groups).or_say("no agent is online"))
        }
        Question::Account { number, source, .. } => {
            let sources = source.as_ref().map_or(Source::ALL, std::slice::from_ref);
            let locations = locate(client, *number, sources).await?;
            let nowhere = match source {
                Some(source) => format!("{number} is not online at {source}"),
                None => format!("{number} is not online at pc, mobile or cloud"),
            };
            Answer::new(&locations, answers::account(&locations).or_say(nowhere))
        }
        Question::Log { source, agent_account, whatsapp, selection, reading, .. } => {
            let question = QueryUserStatusLogRequest {
                source: *source,
                agent_account: agent_account.clone(),
                whats_app: *whatsapp,
            };
            let offset = reading.utc_offset.unwrap_or(utc_offset);
            let bounds = selection.bounds(Timestamp::now(), offset)?;
            let logs = faults::ask(client.ask(question)).await?;
            let of = whatsapp.map(|number| format!(" of {number}")).unwrap_or_default();
            let that_match = if selection.is_filter() { " that match" } else { "" };
            let agent = no_agent(None, agent_account.as_deref());
            let nothing = format!("{agent} has events{of}{that_match} at {source}");
            let history = History::select(logs, selection, bounds, offset);
            let clock = clock(reading, offset);
            let rows = answers::log(&history.events(), &clock).or_say(nothing);
            Ok(Answer::new(&exported_log(&history.grouped(), &clock), rows)?.with_remark(history.remark()))
        }
        Question::Recent { source, user_id, .. } => {
            let question = GetLatestOnlineWhatsAccountRequest { source: *source, user_id: *user_id };
            let agents = faults::ask(client.ask(question)).await?;
            let none = format!("{} has had an account online at {source}", no_agent(*user_id, None));
            Answer::new(&agents, answers::recent(&agents, *source).or_say(none))
        }
    }
}

/// Asks at each of the sources at once: an answer has one place at most. A service that ignores the source gives the same
/// place again and again.
async fn locate(client: &Client, number: WhatsAppNumber, sources: &[Source]) -> Result<Vec<AccountLocation>, Error> {
    let asked = sources.iter().map(|source| async move {
        faults::ask(client.ask(QueryWhatsAppInfoRequest { whatsapp: number.into(), source: Some(*source) })).await
    });
    let mut locations = Vec::new();
    for location in try_join_all(asked).await?.into_iter().flatten() {
        if !locations.contains(&location) {
            locations.push(location);
        }
    }
    Ok(locations)
}

/// Asks for next to nothing: it is about whether the service takes the key.
pub async fn knock(client: &Client) -> Result<(), Error> {
    let question = QueryUserStatusRequest { source: Source::Pc, user_id: Some(UserId::from(1)), user_name: None };
    client.ask(question).await.map(|_| ())
}

fn clock(reading: &Reading, service: UtcOffset) -> Clock {
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
