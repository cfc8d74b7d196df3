//! Receives the body of a call that feeds: larger than those of queries, and so under a permit and parsed on a thread of its own.

use axum::{body::Bytes, extract::Request};
use tokio::task::spawn_blocking;

use super::{feed_auth, json::without_byte_order_mark};
use crate::http::{caller::Caller, error::ApiError, permits::Permit, request_context::FeedSignature};

/// Returns what `parse` makes of the body, decoded, and the permit of the call.
///
/// # Errors
/// When the body can't be received or is not the one that was signed, or `parse` fails.
pub async fn receive<T: Send + 'static>(
    caller: &Caller<'_>,
    request: &mut Request,
    parse: impl FnOnce(&[u8]) -> Result<T, ApiError> + Send + 'static,
) -> Result<(T, Permit), ApiError> {
    let permit = caller.state.admission.ingest_permit(caller.tenant_id).await?;
    let limit = caller.state.config.ingest_body_limit;
    let (encoded, coding) = caller.receive(request, limit).await?;
    let claimed = caller.body_sha256.clone();
    let is_hashed = claimed.is_some();
    let read = move || {
        claimed.map_or(Ok(()), |claimed| feed_auth::check_body(&claimed, &encoded))?;
        let decoded: Result<Bytes, ApiError> = coding.decode(encoded, limit);
        Ok::<_, ApiError>(decoded.and_then(|body| parse(&without_byte_order_mark(body))))
    };
    // Many events take milliseconds, which no query should wait for. If the client disconnects, this goes on, and keeps its
    // permit.
    let (read, permit) = spawn_blocking(move || (read(), permit)).await.map_err(|_| ApiError::internal())?;
    if is_hashed {
        caller.state.metrics.count_feed_signature(FeedSignature::Hmac, read.is_ok());
    }
    Ok((read??, permit))
}
