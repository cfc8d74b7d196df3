//! [`Parameters`]: what follows the colon in the text of a rule, such as `for=15m,hours=mon-fri@09:00-18:00`.

use crate::webhooks::duration_text::Seconds;

/// The largest number in a parameter: the state of a rule has as many times for each account.
const MAX_COUNT: u32 = 1000;

/// Why a text is not a rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRule {
    /// There is no such rule.
    #[error(
        "there is no rule `{0}`; the rules are account-banned, agent-offline, everybody-gone, flapping and mirror-stale"
    )]
    UnknownRule(String),
    /// The rule has no such parameter.
    #[error("{rule}: there is no parameter `{found}`; {known}")]
    UnknownParameter {
        /// The rule.
        rule: &'static str,
        /// What was found.
        found: String,
        /// Which parameters there are.
        known: String,
    },
    /// A parameter is there twice.
    #[error("{rule}: `{name}` is given twice")]
    Twice {
        /// The rule.
        rule: &'static str,
        /// The parameter.
        name: String,
    },
    /// A parameter has an invalid value.
    #[error("{rule}: {name}: expected {expected}, but found `{found}`")]
    Value {
        /// The rule.
        rule: &'static str,
        /// The parameter.
        name: &'static str,
        /// What was expected.
        expected: &'static str,
        /// What was found.
        found: String,
    },
    /// A zone is given, and no hours.
    #[error("agent-offline: `zone` has no meaning without `hours`")]
    ZoneWithoutHours,
    /// The alert would never be raised.
    #[error("agent-offline: `for` is longer than the hours of a day, so that the alert would never be raised")]
    LongerThanHours,
}

/// The parameters of a rule.
#[derive(Debug)]
pub struct Parameters<'a> {
    rule: &'static str,
    given: Vec<(&'a str, &'a str)>,
}

impl<'a> Parameters<'a> {
    /// Splits a text such as `changes=6,within=10m`; it may be empty. `known` names the parameters of the rule.
    pub fn split(rule: &'static str, text: Option<&'a str>, known: &[&str]) -> Result<Self, InvalidRule> {
        let mut given = Vec::new();
        for part in text.into_iter().flat_map(|text| text.split(',')) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            if !known.contains(&name) {
                let known = match known {
                    [] => "it has no parameters".to_owned(),
                    known => format!("it has {}", known.join(", ")),
                };
                return Err(InvalidRule::UnknownParameter { rule, found: name.to_owned(), known });
            }
            if given.iter().any(|(other, _)| *other == name) {
                return Err(InvalidRule::Twice { rule, name: name.to_owned() });
            }
            given.push((name, value));
        }
        Ok(Self { rule, given })
    }

    /// Returns a duration, or the default if it is not given.
    pub fn duration(&self, name: &'static str, default: Seconds) -> Result<Seconds, InvalidRule> {
        let parsed = self.parse(name, "a duration from 1s to 30d, such as 90s, 15m, 2h or 1d", Seconds::parse)?;
        Ok(parsed.unwrap_or(default))
    }

    /// Returns a number, or the default if it is not given.
    pub fn count(&self, name: &'static str, default: u32) -> Result<u32, InvalidRule> {
        let parse = |text: &str| {
            let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse().ok().filter(|count| is_number && (1..=MAX_COUNT).contains(count))
        };
        Ok(self.parse(name, "a number from 1 to 1000", parse)?.unwrap_or(default))
    }

    /// Returns a value, or `None` if it is not given.
    pub fn parse<T>(
        &self,
        name: &'static str,
        expected: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, InvalidRule> {
        let Some((_, value)) = self.given.iter().find(|(given, _)| *given == name) else { return Ok(None) };
        let invalid = || InvalidRule::Value { rule: self.rule, name, expected, found: (*value).to_owned() };
        parse(value).map(Some).ok_or_else(invalid)
    }
}
