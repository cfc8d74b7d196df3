//! Decodes a response with faults: repairs broken texts, and leaves out elements that can't be used (D42).
//!
//! Used by `decode`, only after strict decoding failed, so that a correct response is decoded once. Of the envelope itself
//! only texts are repaired: a body that is not JSON, is truncated, or has no code stays an error.

mod elements;
mod repairs;
mod text;

use serde_json::Value;

pub use self::repairs::{Places, Repairs};
use self::{elements::ElementFilter, text::RepairedText};
use crate::envelope::Envelope;

/// Bytes of the longest body that is repaired, about the response for a million accounts. A repair needs several times the
/// length of the body in memory. A longer body with a fault stays an error.
const MAX_REPAIRED_BYTES: usize = 64 * 1024 * 1024;

/// The response can't be repaired and stays an error.
pub struct Unrepairable {
    /// Whether the body ends too early.
    pub is_cut: bool,
}

/// Decodes a body that strict decoding rejected.
pub fn decode<T: Envelope>(body: &[u8]) -> Result<(T, Repairs), Unrepairable> {
    let unrepairable = |is_cut| Unrepairable { is_cut };
    if body.len() > MAX_REPAIRED_BYTES {
        return Err(unrepairable(false));
    }
    let mut repairs = Repairs::default();
    let RepairedText { text, is_changed } = text::repair(body, &mut repairs.repaired).ok_or(unrepairable(false))?;
    let document: Value = serde_json::from_str(&text).map_err(|error| unrepairable(error.is_eof()))?;
    drop(text);
    let envelope = ElementFilter::new(&mut repairs).decode::<T>(document).ok_or(unrepairable(false))?;
    if is_changed || !repairs.repaired.is_empty() || !repairs.left_out.is_empty() {
        Ok((envelope, repairs))
    } else {
        // A fault that `Value` does not see, such as a duplicate member.
        Err(unrepairable(false))
    }
}

/// Returns the body with its strings repaired, or `None` if they have no fault.
pub fn text(body: &[u8]) -> Option<String> {
    if body.len() > MAX_REPAIRED_BYTES {
        return None;
    }
    let repaired = text::repair(body, &mut Places::default())?;
    repaired.is_changed.then_some(repaired.text)
}

#[cfg(test)]
mod tests;
