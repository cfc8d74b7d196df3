//! The ties of one agent at one source, and what their neighbors say about the order of the feed.

use std::collections::VecDeque;

use group_dispatch_types::ingest::FeedOrder;

/// Returns the order that a step from one time to the next shows.
const fn order_of_step(before: i64, after: i64) -> FeedOrder {
    if after > before { FeedOrder::OldestFirst } else { FeedOrder::NewestFirst }
}

/// Two events of one time whose numbers are to be swapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Swap {
    pub at: i64,
    pub one: i64,
    pub other: i64,
}

/// Events of one agent with one time that arrived one after the other.
pub struct Tie {
    at: i64,
    /// The number and the account of each.
    events: Vec<(i64, i64)>,
}

impl Tie {
    pub const fn len(&self) -> usize {
        self.events.len()
    }

    pub fn accounts(&self) -> impl Iterator<Item = i64> + '_ {
        self.events.iter().map(|(_, account)| *account)
    }

    /// Returns the swaps that reverse the order.
    pub fn swaps(&self) -> impl Iterator<Item = Swap> + '_ {
        let pairs = self.events.iter().zip(self.events.iter().rev()).take(self.events.len() / 2);
        pairs.map(|((one, _), (other, _))| Swap { at: self.at, one: *one, other: *other })
    }
}

/// The latest events of an agent at a source.
#[derive(Default)]
pub struct Arrivals {
    /// What the two steps before the first of `groups` show, the nearer one last.
    before: [Option<FeedOrder>; 2],
    /// Events of one time each: the one to be judged, and up to two after it.
    groups: VecDeque<Tie>,
}

impl Arrivals {
    /// Adds an event. Returns the tie that can be judged now, if any, and the order that it arrived in; `None` if its
    /// neighbors don't show it.
    pub fn observe(&mut self, at: i64, seq: i64, account: i64) -> Option<(Tie, Option<FeedOrder>)> {
        if let Some(last) = self.groups.back_mut()
            && last.at == at
        {
            last.events.push((seq, account));
            return None;
        }
        self.groups.push_back(Tie { at, events: vec![(seq, account)] });
        if self.groups.len() > 3 { self.judge_first() } else { None }
    }

    /// Returns the last ties, after which no event comes.
    pub fn finish(mut self) -> Vec<(Tie, Option<FeedOrder>)> {
        let mut judged = Vec::new();
        while !self.groups.is_empty() {
            judged.extend(self.judge_first());
        }
        judged
    }

    fn judge_first(&mut self) -> Option<(Tie, Option<FeedOrder>)> {
        let at = |place: usize| self.groups.get(place).map(|group| group.at);
        let step = |place| Some(order_of_step(at(place)?, at(place + 1)?));
        let after = [step(0), step(1)];
        let order = judge(self.before, after);
        self.before = [self.before[1], after[0]];
        let first = self.groups.pop_front()?;
        (first.len() > 1).then_some((first, order))
    }
}

/// Judges a tie by two steps before and two after it.
///
/// If times fall before and after the tie, the feed was newest first. If they turn, one side may be the step from one
/// feed to the next, or a single late event: then the side counts where both steps have one direction, unless both
/// sides do.
fn judge(
    [before_that, before]: [Option<FeedOrder>; 2],
    [after, after_that]: [Option<FeedOrder>; 2],
) -> Option<FeedOrder> {
    match (before, after) {
        (Some(_), Some(_)) if before == after => before,
        (Some(_), Some(_)) => match (before_that == before, after_that == after) {
            (true, false) => before,
            (false, true) => after,
            _ => None,
        },
        (Some(_), None) if before_that.is_none() || before_that == before => before,
        (None, Some(_)) if after_that.is_none() || after_that == after => after,
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the verdicts about ties: a tie is a time that occurs several times in a row.
    fn verdicts<const COUNT: usize>(times: [i64; COUNT]) -> Vec<(i64, Option<FeedOrder>)> {
        let mut arrivals = Arrivals::default();
        let observed = times.iter().zip(1..).filter_map(|(at, seq)| arrivals.observe(*at, seq, 100));
        let mut judged: Vec<_> = observed.collect();
        judged.extend(arrivals.finish());
        judged.iter().map(|(tie, order)| (tie.at, *order)).collect()
    }

    const OLDEST_FIRST: Option<FeedOrder> = Some(FeedOrder::OldestFirst);
    const NEWEST_FIRST: Option<FeedOrder> = Some(FeedOrder::NewestFirst);
    const UNDECIDED: Option<FeedOrder> = None;

    #[test]
    fn neighbors_show_the_order_of_the_feed() {
        assert_eq!(verdicts([3, 4, 4, 5]), [(4, OLDEST_FIRST)]);
        assert_eq!(verdicts([5, 4, 4, 3]), [(4, NEWEST_FIRST)]);
        assert_eq!(verdicts([5, 5, 4, 3, 3]), [(5, NEWEST_FIRST), (3, NEWEST_FIRST)]);
        assert_eq!(verdicts([3, 3, 4, 5, 5]), [(3, OLDEST_FIRST), (5, OLDEST_FIRST)]);
        assert_eq!(verdicts([3, 4, 5]), []);
    }

    #[test]
    fn a_tie_without_neighbors_is_undecided() {
        assert_eq!(verdicts([5, 5, 5]), [(5, UNDECIDED)]);
    }

    #[test]
    fn each_page_is_newest_first_to_its_ends() {
        let expected = [(9, NEWEST_FIRST), (7, NEWEST_FIRST), (15, NEWEST_FIRST), (13, NEWEST_FIRST)];
        assert_eq!(verdicts([9, 9, 8, 7, 7, 15, 15, 14, 13, 13]), expected);
    }

    #[test]
    fn a_late_event_does_not_reverse_its_neighbors() {
        assert_eq!(verdicts([1, 2, 3, 3, 2, 4, 5]), [(3, OLDEST_FIRST)]);
        assert_eq!(verdicts([1, 2, 9, 5, 5, 10, 11]), [(5, OLDEST_FIRST)]);
        assert_eq!(verdicts([1, 2, 9, 5, 10, 10, 11]), [(10, OLDEST_FIRST)]);
    }

    #[test]
    fn contradictory_times_are_undecided() {
        assert_eq!(verdicts([9, 8, 7, 7, 10, 11]), [(7, UNDECIDED)], "a page and then live events, both long");
        assert_eq!(verdicts([1, 5, 5, 2]), [(5, UNDECIDED)], "one step on each side");
        assert_eq!(verdicts([5, 5, 4, 9]), [(5, UNDECIDED)], "times fall and rise at once");
        assert_eq!(verdicts([1, 9, 5, 5]), [(5, UNDECIDED)]);
    }

    #[test]
    fn a_swap_for_each_pair_reverses_a_tie() {
        let tie = Tie { at: 7, events: vec![(1, 100), (4, 100), (6, 100), (9, 100), (10, 100)] };
        let swap = |one, other| Swap { at: 7, one, other };
        assert_eq!(tie.swaps().collect::<Vec<_>>(), [swap(1, 10), swap(4, 9)]);
    }
}
