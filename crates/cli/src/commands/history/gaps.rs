//! The gaps of the history: as rows, and counted. `mirror status` and `doctor` count them as well.

use futures_util::stream::{Stream, TryStreamExt};
use group_dispatch_client::Error;
use group_dispatch_types::history::{EventTime, Gap};

use super::events::time_cell;
use crate::output::{
    clock::Clock,
    rows::{Cell, Column, NAME_WIDTH, Rows},
};

/// Returns a row for each gap.
pub fn to_rows(gaps: &[Gap], clock: &Clock) -> Rows {
    let heading = clock.heading(gaps.iter().flat_map(|gap| [gap.from, Some(gap.to)]).flatten());
    let columns = [
        Column::fixed("from", heading.title("NOT KNOWN"), 0),
        Column::hidden("to"),
        Column::fixed("source", "SOURCE", 1),
        Column::hidden("sourceName"),
        Column::fixed("userId", "AGENT ID", 3),
        Column::text("agentAccount", "AGENT", 2, NAME_WIDTH),
        Column::fixed("whatsApp", "WHATSAPP", 0),
    ];
    Rows::new(
        columns,
        gaps.iter().map(|gap| {
            let [source, source_name] = Cell::source(gap.source);
            let interval = heading.display_interval(clock, gap.from, gap.to);
            [
                Cell { display: interval, ..time_cell(gap.from, clock) },
                time_cell(Some(gap.to), clock),
                source,
                source_name,
                Cell::agent(gap.user_id),
                Cell::text(&gap.agent_account),
                gap.whats_app.map_or_else(|| Cell { display: "any".to_owned(), ..Cell::optional(None) }, Cell::account),
            ]
        }),
    )
}

/// How many gaps there are, and where the last one ends.
#[derive(Clone, Copy, Default)]
pub struct GapCount {
    pub count: u64,
    pub latest_end: Option<EventTime>,
}

impl GapCount {
    /// Counts gaps.
    pub async fn of(gaps: impl Stream<Item = Result<Gap, Error>>) -> Result<Self, Error> {
        gaps.try_fold(Self::default(), async |count, gap| Ok(count.with(&gap))).await
    }

    /// Returns the count with a gap that ends at the same time as the others, or later: the service sorts them by their ends.
    pub const fn with(self, gap: &Gap) -> Self {
        Self { count: self.count + 1, latest_end: Some(gap.to) }
    }
}
