//! A call: sends a request, and retries it as the retry policy, the retry budget and the timeout allow. Each attempt waits
//! for the rate limit and is signed by itself.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::Arc,
};

use group_dispatch_types::BusinessCode;

use crate::{
    ClientRequest, Error,
    attempt::Attempt,
    clock::{self, Instant, sleep},
    config::{CallOptions, Shared},
    decode::decode,
    retry::{FailedAttempt, RetryDecision},
    telemetry::{self, CallSpan},
};

/// A successful call.
pub struct CompletedCall<T> {
    pub data: T,
    /// The last attempt, which has the response.
    pub attempt: Attempt,
    /// The number of attempts.
    pub attempts: u32,
}

/// Sends a request until it succeeds or a retry is of no use or not allowed.
pub async fn run<R: ClientRequest>(
    shared: &Arc<Shared>,
    request: &R,
    options: Arc<CallOptions>,
) -> Result<CompletedCall<R::Data>, Error> {
    let span = CallSpan::new(shared, request);
    let result = send_with_retries(shared, request, options, &span).await;
    span.record_end(result.as_ref().err());
    result
}

async fn send_with_retries<R: ClientRequest>(
    shared: &Arc<Shared>,
    request: &R,
    options: Arc<CallOptions>,
    call_span: &CallSpan,
) -> Result<CompletedCall<R::Data>, Error> {
    let policy = options.retry.as_ref().unwrap_or(&shared.retry);
    let mut time_left = options.timeout.unwrap_or(shared.timeout);
    let mut is_resigned = false;
    let mut attempts: u32 = 0;
    loop {
        shared.rate_limits.until_ready(R::OPERATION).await;
        attempts = attempts.saturating_add(1);
        let started = Instant::now();
        let time_limit = shared.attempt_timeout.min(time_left);
        let attempt = Attempt::new(Arc::clone(shared), Arc::clone(&options), time_limit);
        let span = call_span.attempt(shared, R::OPERATION, attempts);
        #[cfg(feature = "opentelemetry")]
        let unfinished = telemetry::Unfinished { shared, operation: R::OPERATION, started };
        let (result, took) = {
            // Not with tracing's `Instrument`: it moves the future, which is large.
            let mut response = pin!(attempt.send(R::OPERATION, request));
            let body = poll_fn(|context| span.in_scope(|| response.as_mut().poll(context))).await;
            let took = started.elapsed();
            (decode::<R::Response, R::ErrorResponse>(body, &attempt), took)
        };
        #[cfg(feature = "opentelemetry")]
        std::mem::forget(unfinished);
        telemetry::record_attempt(shared, &span, &attempt, R::OPERATION, took, result.as_ref().err());
        let error = match result {
            Ok(data) => {
                shared.retry_bucket.refill_for_success();
                return Ok(CompletedCall { data, attempt, attempts });
            }
            Err(error) => {
                let address = (shared.base_url.as_str(), R::OPERATION.path());
                error.with_sent(attempts, attempt.response_head(), shared.proxy.as_ref(), address)
            }
        };
        time_left = time_left.saturating_sub(started.elapsed());
        let failed = FailedAttempt {
            is_idempotent: R::OPERATION.is_idempotent(),
            is_retryable: error.is_retryable(),
            is_signed_by_a_wrong_clock: measure_clock_skew(shared, &attempt, &error) && !is_resigned,
            attempts,
            retry_after: error.retry_after(),
            time_left,
            random: fastrand::f64(),
        };
        let pause = match policy.decide(&failed) {
            RetryDecision::RetryAfter(pause) => pause,
            RetryDecision::ResignNow => {
                is_resigned = true;
                call_span.log_clock_skew(shared.clock_skew.offset());
                continue;
            }
            RetryDecision::Fail => return Err(error),
        };
        if !shared.retry_bucket.try_take() {
            return Err(Error::BudgetExhausted { last: Box::new(error) });
        }
        call_span.log_retry(&error, pause);
        time_left = time_left.saturating_sub(pause);
        sleep(pause).await;
    }
}

/// Measures the service's clock if a request was refused because of its timestamp. Returns whether this machine's clock is
/// the cause, so that a request signed by the service's clock may succeed.
fn measure_clock_skew(shared: &Shared, attempt: &Attempt, error: &Error) -> bool {
    if error.code() != Some(BusinessCode::TimestampTimeout) {
        return false;
    }
    attempt.response_head().is_some_and(|head| {
        let answered_at = clock::unix_milliseconds();
        let measure = |date| shared.clock_skew.measure(date, head.signed_with, head.sent_at, answered_at);
        head.date().is_some_and(measure)
    })
}

/// Returns an error outside of a tokio runtime, where connections and timers would panic.
#[cfg(not(target_arch = "wasm32"))]
pub fn check_runtime() -> Result<(), Error> {
    match tokio::runtime::Handle::try_current() {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::Configuration(
            "a call must be awaited within a tokio runtime; without one, use Query::wait of the feature `blocking`"
                .to_owned(),
        )),
    }
}

#[cfg(target_arch = "wasm32")]
pub fn check_runtime() -> Result<(), Error> {
    Ok(())
}
