//! The five questions, and in which form to print the answer.

use clap::{Args, Subcommand, ValueEnum};
use clap_complete::{ArgValueCandidates, CompletionCandidate};
use group_dispatch_types::{Source, UserId, UtcOffset, WhatsAppNumber};

use super::{Selection, ServiceArguments, TimeoutArguments, examples};

#[derive(Subcommand)]
pub enum Question {
    /// Which agents have WhatsApp accounts online at a source, and which ones.
    #[command(after_long_help = examples::ONLINE)]
    Online {
        #[arg(long, value_parser = listed_source, help = SOURCE_HELP, add = ArgValueCandidates::new(sources))]
        source: Source,
        /// Only the agent with this id.
        #[arg(long, value_name = "ID")]
        user_id: Option<UserId>,
        /// Only the agent with this login account.
        #[arg(long, visible_alias = "user-name", value_name = "ACCOUNT")]
        agent_account: Option<String>,
        #[command(flatten)]
        asking: Asking,
    },
    /// All that are online on PC and mobile, by source.
    ///
    /// The query does not return cloud computers: `online --source cloud` lists these.
    #[command(after_long_help = examples::ALL)]
    All {
        #[command(flatten)]
        asking: Asking,
    },
    /// Where one WhatsApp account is online: a row for each source and agent.
    #[command(after_long_help = examples::ACCOUNT)]
    Account {
        /// The account: a phone number with its country calling code, such as 8618217331411 or "+86 182-1733-1411".
        #[arg(allow_hyphen_values = true)]
        number: WhatsAppNumber,
        /// Look there alone: pc, mobile, cloud, or 1, 2, 3. Without it each of the three is asked for, by a request of its
        /// own.
        #[arg(long, value_parser = listed_source, add = ArgValueCandidates::new(sources))]
        source: Option<Source>,
        #[command(flatten)]
        asking: Asking,
    },
    /// What happened to each agent's accounts at a source: the latest 50 events of each agent.
    ///
    /// The service returns at most 50 events for each agent, the newest ones. --since, --until, --status and --limit select
    /// from these: when older events may be missing because of that, a remark on standard error says so.
    #[command(after_long_help = examples::LOG)]
    Log {
        #[arg(long, value_parser = listed_source, help = SOURCE_HELP, add = ArgValueCandidates::new(sources))]
        source: Source,
        /// Only the agent with this login account.
        #[arg(long, visible_alias = "user-name", value_name = "ACCOUNT")]
        agent_account: Option<String>,
        /// Only this WhatsApp account.
        #[arg(long, value_name = "NUMBER")]
        whatsapp: Option<WhatsAppNumber>,
        #[command(flatten)]
        selection: Selection,
        #[command(flatten)]
        reading: Reading,
        #[command(flatten)]
        asking: Asking,
    },
    /// Which ten accounts of each agent came online last at a source, and how they are now.
    #[command(after_long_help = examples::RECENT)]
    Recent {
        #[arg(long, value_parser = listed_source, help = SOURCE_HELP, add = ArgValueCandidates::new(sources))]
        source: Source,
        /// Only the agent with this id.
        #[arg(long, value_name = "ID")]
        user_id: Option<UserId>,
        #[command(flatten)]
        asking: Asking,
    },
}

/// Parses a source that a query can be asked for. A number that the vendor's table doesn't have is a slip of the finger.
fn listed_source(text: &str) -> Result<Source, &'static str> {
    let source = text.parse().ok().filter(|source: &Source| source.is_known());
    source.ok_or("expected a source: 1 (pc), 2 (mobile) or 3 (cloud)")
}

impl Question {
    pub const fn asking(&self) -> &Asking {
        match self {
            Self::Online { asking, .. }
            | Self::All { asking }
            | Self::Account { asking, .. }
            | Self::Log { asking, .. }
            | Self::Recent { asking, .. } => asking,
        }
    }
}

const SOURCE_HELP: &str = "Where to look: pc, mobile or cloud; or 1, 2 or 3";

/// The sources, for completions.
fn sources() -> Vec<CompletionCandidate> {
    Source::ALL.iter().copied().map(candidate).collect()
}

/// A source with its meaning, for completions.
pub(super) fn candidate(source: Source) -> CompletionCandidate {
    CompletionCandidate::new(source.to_string()).help(Some(source.description().into()))
}

/// How the service's clock times are read, and told.
#[derive(Args, Default)]
#[command(next_help_heading = OUTPUT)]
pub struct Reading {
    /// The zone of the service's clock times, as its offset from UTC; when it is not given the profile's, or +08:00.
    #[arg(long, env = "GROUP_DISPATCH_UTC_OFFSET", value_name = "OFFSET", allow_hyphen_values = true)]
    pub utc_offset: Option<UtcOffset>,
    /// Tell times in UTC, not in this machine's zone. In JSON they are the service's own.
    #[arg(long)]
    pub utc: bool,
}

/// Whom to ask, as whom, and how to print the answer.
#[derive(Args, Default)]
pub struct Asking {
    #[command(flatten)]
    pub service: ServiceArguments,
    #[command(flatten)]
    pub time: TimeoutArguments,
    /// How to print the answer.
    #[arg(long, value_enum, default_value_t, help_heading = OUTPUT)]
    pub output: Output,
    /// End with exit status 4 when the answer is empty: nobody is online, or nothing happened.
    #[arg(long, help_heading = OUTPUT)]
    pub exit_code: bool,
}

/// The heading of the flags that say how the service is reached.
pub const CONNECTION: &str = "Connection";
/// The heading of the flags that say how answers are printed.
pub const OUTPUT: &str = "Output";

#[derive(Clone, Copy, Default, ValueEnum)]
pub enum Output {
    /// A table for people, which fits the terminal.
    #[default]
    Table,
    /// The data of the answer as JSON, each member in the contract's form; members that it does not have are left out.
    Json,
    /// One flat JSON object a line for each account or event.
    Ndjson,
    /// The same with commas and a line of names, for programs: text that begins like a formula gets an apostrophe.
    Csv,
    /// The same as an Excel workbook (.xlsx) for spreadsheets, which keeps phone numbers whole: send it to a file.
    #[value(alias = "xlsx")]
    Excel,
}
