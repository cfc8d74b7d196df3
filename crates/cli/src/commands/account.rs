//! `group-dispatch account`: queryWhatsAppInfo.

use std::time::Duration;

use clap::Args;
use clap_complete::ArgValueCandidates;
use futures_util::future::try_join_all;
use group_dispatch_client::{Client, Error};
use group_dispatch_types::{AccountLocation, QueryWhatsAppInfoRequest, Source, UtcOffset, WhatsAppNumber};
use jiff::Zoned;

use super::query::Query;
use crate::{
    arguments::{
        query::QueryArguments,
        source::{complete_source, parse_source},
    },
    output::{
        Response,
        rows::{Cell, Column, NAME_WIDTH, Rows},
    },
    service::{age, warnings},
};

const EXAMPLES: &str = "\
Examples:
  group-dispatch account 8618217331411
  group-dispatch account \"+86 182-1733-1411\" --source cloud
  group-dispatch account 8618217331411 --exit-code > /dev/null";

/// Find out where a WhatsApp account is online: a row for each source and agent.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Account {
    /// The account: a phone number with its country calling code, such as 8618217331411 or "+86 182-1733-1411".
    #[arg(allow_hyphen_values = true)]
    pub number: WhatsAppNumber,
    /// Only this source: pc, mobile, cloud, or 1, 2, 3. Default: all three, with one request for each.
    #[arg(long, value_parser = parse_source, add = ArgValueCandidates::new(complete_source))]
    pub source: Option<Source>,
    #[command(flatten)]
    pub query: QueryArguments,
}

impl Query for Account {
    fn arguments(&self) -> &QueryArguments {
        &self.query
    }

    async fn send(&self, client: &Client, _: UtcOffset) -> anyhow::Result<Response> {
        let Self { number, source, .. } = self;
        let sources = source.as_ref().map_or(Source::ALL, std::slice::from_ref);
        let (locations, ages) = locate(client, *number, sources).await?;
        let if_empty = match source {
            Some(source) => format!("{number} is not online at {source}"),
            None => format!("{number} is not online at pc, mobile or cloud"),
        };
        let remark = describe_stale(&ages, &Zoned::now());
        Ok(Response::new(&locations, to_rows(&locations).with_empty_message(if_empty))?.with_note(remark.as_deref()))
    }
}

/// How old the data of a source is.
type SourceAge = (Source, Option<Duration>);

/// Queries all sources at once: a response has at most one location. A service that ignores the source returns the same
/// location each time, which is listed once.
async fn locate(
    client: &Client,
    number: WhatsAppNumber,
    sources: &[Source],
) -> Result<(Vec<AccountLocation>, Vec<SourceAge>), Error> {
    let requests = sources.iter().map(|source| async move {
        let request = QueryWhatsAppInfoRequest { whatsapp: number.into(), source: Some(*source) };
        warnings::send_with_age(client.query(request)).await.map(|(location, age)| (location, (*source, age)))
    });
    let (mut locations, mut ages) = (Vec::new(), Vec::new());
    for (location, age) in try_join_all(requests).await? {
        if let Some(location) = location
            && !locations.contains(&location)
        {
            locations.push(location);
        }
        ages.push(age);
    }
    Ok((locations, ages))
}

/// Describes the data that is not fresh, in one line. Returns `None` if all is fresh.
fn describe_stale(ages: &[SourceAge], now: &Zoned) -> Option<String> {
    // A mirror looks at pc and mobile at once.
    let mut stale: Vec<(String, String)> = Vec::new();
    for (source, age) in ages {
        let Some(age) = age::stale(*age) else { continue };
        let text = age::describe(age, now);
        match stale.iter_mut().find(|(_, other)| *other == text) {
            Some((sources, _)) => *sources += &format!(", {source}"),
            None => stale.push((source.to_string(), text)),
        }
    }
    let texts: Vec<_> = stale.into_iter().map(|(sources, text)| format!("{sources} {text}")).collect();
    (!texts.is_empty()).then(|| format!("the data is out of date: {}", texts.join("; ")))
}

fn to_rows(locations: &[AccountLocation]) -> Rows {
    let columns = [
        Column::fixed("whatsApp", "WHATSAPP", 0),
        Column::fixed("source", "SOURCE", 1),
        Column::hidden("sourceName"),
        Column::fixed("userId", "AGENT ID", 3),
        Column::text("agentAccount", "AGENT", 2, NAME_WIDTH),
    ];
    Rows::new(
        columns,
        locations.iter().map(|location| {
            let [code, name] = Cell::source(location.source);
            [
                Cell::account(location.whats_app),
                code,
                name,
                Cell::agent(location.user_id.into()),
                Cell::text(&location.agent_account),
            ]
        }),
    )
}
