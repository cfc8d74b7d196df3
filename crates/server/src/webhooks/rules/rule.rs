//! [`Rule`]: a rule as a user writes it: `agent-offline:for=15m,hours=mon-fri@09:00-18:00`.

use std::fmt;

use super::{
    agent_offline::AgentOffline,
    everybody_gone::EverybodyGone,
    flapping::Flapping,
    mirror_stale::MirrorStale,
    parameters::{InvalidRule, Parameters},
    working_hours::WorkingHours,
    zone::{NamedZone, Zones},
};
use crate::webhooks::duration_text::Seconds;

/// The zone of working hours if none is given: the vendor's.
const DEFAULT_ZONE: &str = "+08:00";

/// A rule with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// An account is banned.
    AccountBanned,
    /// No account of an agent is online for longer than `for` (15m), within `hours` if they are given, in `zone` (+08:00).
    AgentOffline(AgentOffline),
    /// More than half of the accounts that were online at a source, and at least `accounts` (5), went `within` a time (2m).
    EverybodyGone(EverybodyGone),
    /// An account has more than a number of `changes` (6) between online and not online `within` a time (10m).
    Flapping(Flapping),
    /// A mirror has had no good answer about a source for longer than `for` (5m).
    MirrorStale(MirrorStale),
}

impl Rule {
    /// Parses a rule: its name, and behind a colon the parameters that differ from their defaults.
    ///
    /// # Errors
    /// If the text is not a rule. The error says what was expected.
    pub fn parse(text: &str, zones: &dyn Zones) -> Result<Self, InvalidRule> {
        let (name, parameters) = match text.split_once(':') {
            Some((name, parameters)) => (name, Some(parameters)),
            None => (text, None),
        };
        let split = |rule, known: &[&str]| Parameters::split(rule, parameters, known);
        Ok(match name {
            "account-banned" => {
                split("account-banned", &[])?;
                Self::AccountBanned
            }
            "agent-offline" => {
                Self::AgentOffline(parse_agent_offline(&split("agent-offline", &["for", "hours", "zone"])?, zones)?)
            }
            "everybody-gone" => {
                let parameters = split("everybody-gone", &["accounts", "within"])?;
                Self::EverybodyGone(EverybodyGone {
                    accounts: parameters.count("accounts", 5)?,
                    within: parameters.duration("within", Seconds::new(2 * 60))?,
                })
            }
            "flapping" => {
                let parameters = split("flapping", &["changes", "within"])?;
                Self::Flapping(Flapping {
                    changes: parameters.count("changes", 6)?,
                    within: parameters.duration("within", Seconds::new(10 * 60))?,
                })
            }
            "mirror-stale" => {
                let parameters = split("mirror-stale", &["for"])?;
                Self::MirrorStale(MirrorStale { after: parameters.duration("for", Seconds::new(5 * 60))? })
            }
            _ => return Err(InvalidRule::UnknownRule(name.to_owned())),
        })
    }
}

fn parse_agent_offline(parameters: &Parameters<'_>, zones: &dyn Zones) -> Result<AgentOffline, InvalidRule> {
    let after = parameters.duration("for", Seconds::new(15 * 60))?;
    let named = |name: &str| zones.find(name).map(|zone| NamedZone { name: name.to_owned(), zone });
    let zone = parameters.parse("zone", "a time zone, such as +08:00", named)?;
    let is_without_hours = zone.is_some();
    let hours = parameters.parse(
        "hours",
        "days of the week and clock times, such as mon-fri@09:00-18:00 or mon+wed+fri@22:00-06:00",
        |text| zone.or_else(|| named(DEFAULT_ZONE)).and_then(|zone| WorkingHours::parse(text, zone)),
    )?;
    match &hours {
        None if is_without_hours => Err(InvalidRule::ZoneWithoutHours),
        Some(hours) if hours.length_seconds() < after.get() => Err(InvalidRule::LongerThanHours),
        _ => Ok(AgentOffline { after, hours }),
    }
}

impl fmt::Display for Rule {
    /// Writes the rule with all its parameters. Two rules are equal if their texts are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AccountBanned => f.write_str("account-banned"),
            Self::AgentOffline(AgentOffline { after, hours: None }) => write!(f, "agent-offline:for={after}"),
            Self::AgentOffline(AgentOffline { after, hours: Some(hours) }) => {
                write!(f, "agent-offline:for={after},hours={hours},zone={}", hours.zone_name())
            }
            Self::EverybodyGone(EverybodyGone { accounts, within }) => {
                write!(f, "everybody-gone:accounts={accounts},within={within}")
            }
            Self::Flapping(Flapping { changes, within }) => write!(f, "flapping:changes={changes},within={within}"),
            Self::MirrorStale(MirrorStale { after }) => write!(f, "mirror-stale:for={after}"),
        }
    }
}
