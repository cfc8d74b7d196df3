//! Says what is not as it should be in an answer that could be read.

use group_dispatch_client::{Error, Query, Question, RawResponse};

use crate::terminal;

/// Asks, and reports faults of the answer on standard error.
pub async fn ask<Q: Question>(query: Query<Q>) -> Result<Q::Data, Error> {
    let answer = query.with_response().await?;
    if let Some(faults) = of(&answer.response) {
        terminal::remark(&format!("warning: {faults}"));
    }
    Ok(answer.data)
}

/// The faults of an answer in words, by their places and without values; nothing if there are none.
pub fn of(response: &RawResponse) -> Option<String> {
    let left_out = response.left_out();
    let repaired = response.repaired();
    let left_out = match left_out.count() {
        0 => None,
        1 => Some(format!("1 element of the answer can't be read and is left out: {left_out}")),
        count => Some(format!("{count} elements of the answer can't be read and are left out: {left_out}")),
    };
    let repaired = match repaired.count() {
        0 => None,
        1 => Some(format!("1 text of the answer is broken and repaired: {repaired}")),
        count => Some(format!("{count} texts of the answer are broken and repaired: {repaired}")),
    };
    let faults: Vec<_> = left_out.into_iter().chain(repaired).collect();
    (!faults.is_empty()).then(|| faults.join("; "))
}
