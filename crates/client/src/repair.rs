//! Reads an answer with faults in it: repairs broken texts, and leaves out elements that can't be used (D42).
//!
//! It runs only after a strict read failed, so that a faultless answer is read once. The envelope itself is never mended
//! beyond its texts: a body that is no JSON, is cut off, or has no code stays an error.

mod elements;
mod text;

use std::fmt;

use serde_json::Value;

use self::{elements::ElementFilter, text::RepairedText};
use crate::envelope::Envelope;

/// Bytes of a body that is repaired. A repair holds the answer as a tree of values, several times its length; this is about
/// the answer for a million accounts. A longer answer with a fault stays an error.
const MAX_REPAIRED_BYTES: usize = 64 * 1024 * 1024;
/// Paths that are kept; more are only counted.
const MAX_PATHS: usize = 100;

/// Places in an answer: how many there are, and the paths of the first 100.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    count: u64,
    paths: Vec<String>,
}

impl Places {
    /// How many there are.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The paths of the first 100, such as `data[0].whatsAppList[3]`, as indexes of the answer's body. They show no values.
    #[must_use]
    pub fn paths(&self) -> &[String] {
        &self.paths
    }

    fn add(&mut self, path: impl FnOnce() -> String) {
        self.count = self.count.saturating_add(1);
        if self.paths.len() < MAX_PATHS {
            self.paths.push(path());
        }
    }
}

/// The paths of the first three, and how many more there are.
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

/// What was done to an answer.
#[derive(Clone, Debug, Default)]
pub struct Repairs {
    pub left_out: Places,
    pub repaired: Places,
    /// The lists that elements were left out of, each as the indexes that lead to it in the data that is returned: `[]` for
    /// the data itself, `[0]` for the list in its first element.
    pub incomplete_lists: Vec<Vec<usize>>,
}

/// Why an answer stays an error.
pub struct Unrepairable {
    /// Whether it ends too early.
    pub is_cut: bool,
}

/// Reads an answer that a strict read refused.
pub fn answer<T: Envelope>(body: &[u8]) -> Result<(T, Repairs), Unrepairable> {
    let unrepairable = |is_cut| Unrepairable { is_cut };
    if body.len() > MAX_REPAIRED_BYTES {
        return Err(unrepairable(false));
    }
    let mut repairs = Repairs::default();
    let RepairedText { text, is_changed } = text::mend(body, &mut repairs.repaired).ok_or(unrepairable(false))?;
    let document: Value = serde_json::from_str(&text).map_err(|error| unrepairable(error.is_eof()))?;
    drop(text);
    let answer = ElementFilter::new(&mut repairs).read::<T>(document).ok_or(unrepairable(false))?;
    if is_changed || !repairs.repaired.is_empty() || !repairs.left_out.is_empty() {
        Ok((answer, repairs))
    } else {
        // A fault that the second reader does not see, such as a member that is there twice.
        Err(unrepairable(false))
    }
}

/// The text of a body whose strings are broken; nothing if there is nothing to mend in it.
pub fn text(body: &[u8]) -> Option<String> {
    if body.len() > MAX_REPAIRED_BYTES {
        return None;
    }
    let mended = text::mend(body, &mut Places::default())?;
    mended.is_changed.then_some(mended.text)
}

#[cfg(test)]
mod tests;
