//! What happens to every request before and after its handler, in one layer.

pub mod admission;
mod overload;
mod request_log;

use std::{
    any::Any,
    convert::Infallible,
    future::{self, Future},
    panic::AssertUnwindSafe,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Instant,
};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::Method,
    response::{IntoResponse, Response},
};
use futures_util::future::{CatchUnwind, FutureExt, MapOk, TryFutureExt};
use group_dispatch_types::BusinessCode;
use http_body::Body as _;
use hyper::body::Incoming;
use pin_project_lite::pin_project;
use tokio::time::Timeout;
use tower::Service;

use self::{admission::Running, request_log::RequestLog};
use super::{
    body::Outgoing,
    endpoint::Endpoint,
    error::Failure,
    handlers::queries::{self, Answering},
    request_context::Notes,
    state::{App, Call},
};

/// Lets a request in if the server is not too busy, gives it its time, catches its panic, and counts and logs it.
#[derive(Clone)]
pub struct Front {
    app: App,
    routes: Router,
}

/// As axum's servers ask.
impl Service<Request> for Front {
    type Response = Response;
    type Error = Infallible;
    type Future = MapOk<Fronting, fn(Response<Outgoing>) -> Response>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        self.answer(request).map_ok(|response| response.map(Body::from))
    }
}

/// As hyper asks.
impl hyper::service::Service<hyper::Request<Incoming>> for Front {
    type Response = Response<Outgoing>;
    type Error = Infallible;
    type Future = Fronting;

    fn call(&self, request: hyper::Request<Incoming>) -> Fronting {
        self.answer(request.map(Body::new))
    }
}

impl Front {
    pub fn new(app: App, routes: Router) -> Self {
        Self { app, routes }
    }

    fn handle(&self, request: Request, notes: Notes) -> Answering {
        match queries::handler(notes.endpoint()).filter(|_| request.method() == Method::POST) {
            Some(handler) => handler(request, Call { app: self.app.clone(), notes }),
            None => Box::pin(self.routes.clone().call(request).map(|Ok(response)| response)),
        }
    }

    fn answer(&self, request: Request) -> Fronting {
        let began = Instant::now();
        let (endpoint, path) = Endpoint::at(request.uri().path());
        let log = RequestLog::new(&request, path, self.app.settings.observer);
        let notes = Notes::new(endpoint);
        let begun = if endpoint.is_of_the_operator() { Ok(None) } else { self.app.load.begin(began).map(Some) };
        let course = match begun {
            Ok(running) => {
                let answer = AssertUnwindSafe(self.handle(request, notes.clone())).catch_unwind();
                let until = began + self.app.settings.request_timeout;
                let answer = tokio::time::timeout_at(until.into(), answer);
                Course::Running { answer, running }
            }
            Err(busy) => Course::Refused { answer: future::ready(busy.into_response()) },
        };
        Fronting { course, began, log: Some(log), notes, app: self.app.clone() }
    }
}

pin_project! {
    pub struct Fronting {
        #[pin]
        course: Course,
        began: Instant,
        log: Option<RequestLog>,
        notes: Notes,
        app: App,
    }
}

pin_project! {
    #[project = CourseProjection]
    enum Course {
        Refused {
            #[pin]
            answer: future::Ready<Response>,
        },
        Running {
            #[pin]
            answer: Timeout<CatchUnwind<AssertUnwindSafe<Answering>>>,
            running: Option<Running>,
        },
    }
}

impl Future for Fronting {
    type Output = Result<Response<Outgoing>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let (response, big_answer) = match this.course.project() {
            CourseProjection::Refused { answer } => (ready!(answer.poll(cx)), None),
            CourseProjection::Running { answer, running } => {
                let answered = match ready!(answer.poll(cx)) {
                    Ok(Ok(response)) => (response, this.notes.take_big_answer()),
                    Ok(Err(panic)) => (broken(&*panic), None),
                    // A big answer is still being made, and keeps its place meanwhile.
                    Err(_) => (too_late(this.app, this.notes), None),
                };
                *running = None;
                answered
            }
        };
        let mut response = Outgoing::of(response);
        this.app.settings.http_status.apply(this.notes.endpoint(), &mut response);
        let bytes = response.body().size_hint().exact().unwrap_or_default();
        if let Some(place) = big_answer {
            response.body_mut().hold(place);
        }
        let (took, code) = (this.began.elapsed(), response.extensions().get::<BusinessCode>().copied());
        this.app.metrics.answered(this.notes.endpoint(), response.status(), code, bytes, took);
        if let Some(log) = this.log.take() {
            log.finish(&mut response, this.notes, code, took);
        }
        Poll::Ready(Ok(response))
    }
}

/// The time is over. While a request has not arrived it is the client who is slow, and then the server.
fn too_late(app: &App, notes: &Notes) -> Response {
    let seconds = app.settings.request_timeout.as_secs_f32();
    let failure = if notes.has_arrived() {
        tracing::warn!(endpoint = notes.endpoint().name(), "a request was not answered in time");
        Failure::new(
            BusinessCode::InternalError,
            format!("the server did not come to an answer within {seconds} seconds"),
        )
    } else {
        Failure::new(BusinessCode::RequestTimeout, format!("request: expected whole within {seconds} seconds"))
    };
    failure.into_response()
}

/// Nothing is meant to panic; if something does, its request alone fails. What it said is not repeated.
fn broken(_: &(dyn Any + Send)) -> Response {
    Failure::new(BusinessCode::InternalError, "internal error").into_response()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::{body::to_bytes, routing::get};
    use group_dispatch_types::UtcOffset;
    use tower::ServiceExt;

    use super::*;
    use crate::{
        http::config::Settings,
        store::{SqliteLog, Store},
    };

    #[tokio::test]
    async fn a_panic_fails_its_request_alone_and_is_not_repeated() {
        async fn panics() -> &'static str {
            panic!("8618217331411")
        }
        let folder = tempfile::tempdir().unwrap();
        let log = SqliteLog::open(&folder.path().join("store.db")).unwrap();
        let store = Store::open(Arc::new(log), UtcOffset::VENDOR, None).await.unwrap();
        let app = App::new(store, Settings::default());
        let front = Front::new(app.clone(), Router::new().route("/", get(panics)));
        for _ in 0..2 {
            let response = front.clone().oneshot(Request::new(Body::empty())).await.unwrap();
            assert_eq!(response.status(), 500);
            let body = to_bytes(response.into_body(), 1000).await.unwrap();
            assert_eq!(body, r#"{"code":500,"data":null,"message":"internal error"}"#);
            assert_eq!(app.metrics.requests_in_flight.get(), 0);
        }
    }
}
