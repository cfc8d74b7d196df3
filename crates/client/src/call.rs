//! One call: as many attempts as it takes, each in its turn and signed anew.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::Arc,
};

use group_dispatch_types::BusinessCode;

use crate::{
    Error, Request,
    attempt::Attempt,
    client::Shared,
    clock::{self, Instant, sleep},
    query::Options,
    retry::{FailedAttempt, RetryDecision},
    telemetry::{self, CallSpan},
};

/// How a call ended well.
pub struct CompletedCall<T> {
    pub data: T,
    pub attempt: Attempt,
    pub attempts: u32,
}

/// Asks until there is an answer, or no use in asking again.
pub async fn run<R: Request>(
    shared: &Arc<Shared>,
    request: &R,
    options: Arc<Options>,
) -> Result<CompletedCall<R::Data>, Error> {
    let call = CallSpan::new(shared, request);
    let outcome = attempts(shared, request, options, &call).await;
    call.ended(outcome.as_ref().err());
    outcome
}

async fn attempts<R: Request>(
    shared: &Arc<Shared>,
    request: &R,
    options: Arc<Options>,
    call: &CallSpan,
) -> Result<CompletedCall<R::Data>, Error> {
    let policy = options.retry.as_ref().unwrap_or(&shared.retry);
    let mut time_left = options.timeout.unwrap_or(shared.timeout);
    let mut signed_anew = false;
    let mut attempts: u32 = 0;
    loop {
        shared.rate_limits.turn(R::OPERATION).await;
        attempts = attempts.saturating_add(1);
        let began = Instant::now();
        let time_limit = shared.attempt_timeout.min(time_left);
        let attempt = Attempt::new(Arc::clone(shared), Arc::clone(&options), time_limit);
        let span = call.attempt(shared, R::OPERATION, attempts);
        let outcome = {
            // Not by tracing's `Instrument`, which would move the future, and it is a large one.
            let mut sending = pin!(request.send(&attempt));
            poll_fn(|context| span.in_scope(|| sending.as_mut().poll(context))).await
        };
        telemetry::answered(&span, &attempt, outcome.as_ref().err());
        let error = match outcome {
            Ok(data) => {
                shared.retry_bucket.refill_for_success();
                return Ok(CompletedCall { data, attempt, attempts });
            }
            Err(error) => error.after(attempts, attempt.received(), shared.proxy.as_ref()),
        };
        time_left = time_left.saturating_sub(began.elapsed());
        let failure = FailedAttempt {
            is_idempotent: R::OPERATION.is_idempotent,
            is_retryable: error.is_retryable(),
            is_signed_by_a_wrong_clock: clock_is_to_blame(shared, &attempt, &error) && !signed_anew,
            attempts,
            retry_after: error.retry_after(),
            time_left,
            random: fastrand::f64(),
        };
        let pause = match policy.decide(&failure) {
            RetryDecision::RetryAfter(pause) => pause,
            RetryDecision::ResignNow => {
                signed_anew = true;
                call.clock_was_wrong(shared.clock_skew.offset());
                continue;
            }
            RetryDecision::Fail => return Err(error),
        };
        if !shared.retry_bucket.try_take() {
            return Err(Error::BudgetExhausted { last: Box::new(error) });
        }
        call.tries_again(&error, pause);
        time_left = time_left.saturating_sub(pause);
        sleep(pause).await;
    }
}

/// Whether a request was refused because of this machine's clock. The service's is known from then on, so that the next
/// request is signed by it.
fn clock_is_to_blame(shared: &Shared, attempt: &Attempt, error: &Error) -> bool {
    if error.code() != Some(BusinessCode::TimestampTimeout) {
        return false;
    }
    attempt.received().is_some_and(|received| {
        let answered_at = clock::unix_milliseconds();
        let learned = |date| shared.clock_skew.learn(date, received.signed_with, received.sent_at, answered_at);
        received.date().is_some_and(learned)
    })
}

/// Outside of a runtime, connections and timers would panic.
#[cfg(not(target_arch = "wasm32"))]
pub fn check_runtime() -> Result<(), Error> {
    match tokio::runtime::Handle::try_current() {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::Configuration(
            "a call has to be awaited within a tokio runtime; without one, the feature `blocking` has Query::wait"
                .to_owned(),
        )),
    }
}

#[cfg(target_arch = "wasm32")]
pub fn check_runtime() -> Result<(), Error> {
    Ok(())
}
