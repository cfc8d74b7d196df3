//! Warnings about responses: a part was invalid (elements that were left out, and texts that were repaired), or the data is
//! not fresh.

use std::time::Duration;

use group_dispatch_client::{ClientRequest, Error, Query, RawResponse};
use jiff::Zoned;

use super::age;
use crate::terminal;

/// Sends a query, and prints a warning to standard error if a part of the response was invalid, and a remark if its data is
/// not fresh.
pub async fn send_and_warn<Q: ClientRequest>(query: Query<Q>) -> Result<Q::Data, Error> {
    let (data, age) = send_with_age(query).await?;
    if let Some(age) = age::stale(age) {
        terminal::print_error_line(&format!("the data is out of date, {}", age::describe(age, &Zoned::now())));
    }
    Ok(data)
}

/// The same, but returns the age of the data instead of the remark.
pub async fn send_with_age<Q: ClientRequest>(query: Query<Q>) -> Result<(Q::Data, Option<Duration>), Error> {
    let response = query.with_response().await?;
    if let Some(warning) = describe(&response.response) {
        terminal::print_error_line(&format!("warning: {warning}"));
    }
    Ok((response.data, response.response.age()))
}

/// Describes the invalid parts of a response by their places, without values. Returns `None` if there are none.
pub fn describe(response: &RawResponse) -> Option<String> {
    let left_out = response.left_out();
    let repaired = response.repaired();
    let left_out = match left_out.count() {
        0 => None,
        1 => Some(format!("1 element of the response is invalid and was left out: {left_out}")),
        count => Some(format!("{count} elements of the response are invalid and were left out: {left_out}")),
    };
    let repaired = match repaired.count() {
        0 => None,
        1 => Some(format!("1 text of the response is invalid and was repaired: {repaired}")),
        count => Some(format!("{count} texts of the response are invalid and were repaired: {repaired}")),
    };
    let all: Vec<_> = left_out.into_iter().chain(repaired).collect();
    (!all.is_empty()).then(|| all.join("; "))
}
