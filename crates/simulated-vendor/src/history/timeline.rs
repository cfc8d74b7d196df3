//! Values that change over time.

/// The values that something had, each with the time from which it had it, the earliest first.
#[derive(Clone, Debug)]
pub struct Timeline<T>(Vec<(i64, T)>);

impl<T> Default for Timeline<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Timeline<T> {
    /// Returns a timeline with this value at all times.
    pub fn always(value: T) -> Self {
        Self(vec![(i64::MIN, value)])
    }

    /// Sets the value from a time on that is not before that of the last change.
    pub fn set(&mut self, from: i64, value: T) {
        self.0.push((from, value));
    }

    /// Returns the value at a time.
    pub fn at(&self, at: i64) -> Option<&T> {
        // Mostly it is the last one.
        if let Some((_, value)) = self.0.last().filter(|(from, _)| *from <= at) {
            return Some(value);
        }
        let after = self.0.partition_point(|(from, _)| *from <= at);
        self.0.get(after.checked_sub(1)?).map(|(_, value)| value)
    }

    /// Returns the last value.
    pub fn last(&self) -> Option<&T> {
        self.0.last().map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_change_up_to_a_time_counts() {
        let mut timeline = Timeline::default();
        for (from, value) in [(10, 'a'), (20, 'b'), (20, 'c'), (30, 'd')] {
            timeline.set(from, value);
        }
        let values = [9, 10, 19, 20, 29, 30, 99].map(|at| timeline.at(at).copied());
        assert_eq!(values, [None, Some('a'), Some('a'), Some('c'), Some('c'), Some('d'), Some('d')]);
    }
}
