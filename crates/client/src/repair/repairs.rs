//! What a repair changed: the places of repaired texts and of elements that were left out.

use std::fmt;

/// Paths that are kept. Further places are only counted.
const MAX_PATHS: usize = 100;

/// Places in a response: their number, and the paths of the first 100.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    count: u64,
    paths: Vec<String>,
}

impl Places {
    /// Returns the number of places.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Returns whether there are no places.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Returns the paths of the first 100 places, such as `data[0].whatsAppList[3]`. The indexes are those of the response
    /// body. Paths show no values.
    #[must_use]
    pub fn paths(&self) -> &[String] {
        &self.paths
    }

    pub(super) fn add(&mut self, path: impl FnOnce() -> String) {
        self.count = self.count.saturating_add(1);
        if self.paths.len() < MAX_PATHS {
            self.paths.push(path());
        }
    }
}

/// Shows the paths of the first three places, and the number of further ones.
impl fmt::Display for Places {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = &self.paths[..self.paths.len().min(3)];
        f.write_str(&shown.join(", "))?;
        match self.count.saturating_sub(shown.len() as u64) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

/// What was repaired and left out.
#[derive(Clone, Debug, Default)]
pub struct Repairs {
    pub left_out: Places,
    pub repaired: Places,
    /// The lists that elements were left out of. Each is given by the indexes that lead to it in the returned data: `[]` is
    /// the data itself, `[0]` the list in its first element.
    pub incomplete_lists: Vec<Vec<usize>>,
}
