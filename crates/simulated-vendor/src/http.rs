//! The simulated service over HTTP, in real time: for people who want to watch a program poll the vendor.
//!
//! The five paths, the signing headers, and errors are those of the vendor: business errors have HTTP status 200, and the header
//! `Date` and the window of timestamps follow the vendor's clock. Slow responses are slow, cut ones are cut, and elements that
//! can't be read are there.
//!
//! The history runs with the real clock from the start of the scenario on. What happened is kept in memory: a small scenario
//! without end takes about a megabyte a day.

mod body;
mod clock;
mod response;
mod signature;

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use group_dispatch_types::{
    BusinessCode, GetLatestOnlineWhatsAccountRequest, NoParameters, Operation, QueryUserStatusLogRequest,
    QueryUserStatusRequest, QueryWhatsAppInfoRequest, signing::Credentials,
};
use http_body_util::{BodyExt, Limited};
use hyper::{Method, Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde::{Serialize, de::DeserializeOwned};
use tokio::{net::TcpListener, task::JoinSet, time::sleep};

use self::{body::Body, clock::Clock, response::Outcome};
use crate::{query::Query, vendor::Vendor};

/// A larger request is rejected.
const MAX_REQUEST_BYTES: usize = 64 * 1024;
/// How long to wait after a connection could not be accepted, for lack of files or memory.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves a vendor to one tenant, until `stop` ends. Open requests are dropped then.
pub async fn serve(listener: TcpListener, vendor: Vendor, credentials: Credentials, stop: impl Future<Output = ()>) {
    let service = Arc::new(Service { vendor: Mutex::new(vendor), credentials, clock: Clock::start() });
    let mut connections = JoinSet::new();
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
            () = &mut stop => return,
        };
        let Ok((stream, _)) = accepted else {
            sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let service = Arc::clone(&service);
        connections.spawn(async move {
            let respond = service_fn(|request| service.respond(request));
            // An error closes the connection, as it is meant to.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), respond).await;
        });
    }
}

struct Service {
    vendor: Mutex<Vendor>,
    credentials: Credentials,
    clock: Clock,
}

impl Service {
    /// Responds to a request.
    ///
    /// # Errors
    /// If the connection is to be closed without a response.
    async fn respond(&self, request: Request<Incoming>) -> io::Result<Response<Body>> {
        let vendor_time = self.with_vendor(|vendor, at| vendor.scenario().vendor_time(at));
        let refuse = |code| Ok(response::refusal(code, vendor_time));
        let Some(operation) = Operation::from_path(request.uri().path()).filter(|operation| operation.is_query())
        else {
            return Ok(response::http_error(404, Some(vendor_time)));
        };
        if request.method() != Method::POST {
            return Ok(response::http_error(405, Some(vendor_time)));
        }
        if let Err(code) = signature::check(request.headers(), &self.credentials, vendor_time) {
            return refuse(code);
        }
        let Ok(body) = Limited::new(request.into_body(), MAX_REQUEST_BYTES).collect().await else {
            return refuse(BusinessCode::BadRequest);
        };
        let body = body.to_bytes();
        let outcome = match operation {
            Operation::QueryUserStatus => self.ask::<QueryUserStatusRequest>("success", &body),
            Operation::QueryAllOlWhatsAppInfo => self.ask::<NoParameters>("Success ", object(&body)),
            Operation::QueryWhatsAppInfo => self.ask::<QueryWhatsAppInfoRequest>("Success ", &body),
            Operation::QueryUserStatusLog => self.ask::<QueryUserStatusLogRequest>("Success", &body),
            Operation::GetLatestOnlineWhatsAccount => self.ask::<GetLatestOnlineWhatsAccountRequest>("Success ", &body),
            _ => None,
        };
        let Some(Outcome { takes, response }) = outcome else { return refuse(BusinessCode::BadRequest) };
        sleep(takes).await;
        response.ok_or_else(|| io::ErrorKind::ConnectionAborted.into())
    }

    /// Asks the vendor. Returns `None` if the body is not such a request.
    fn ask<Q: Query<Data: Serialize> + DeserializeOwned>(&self, message: &str, body: &[u8]) -> Option<Outcome> {
        let query: Q = serde_json::from_slice(body).ok()?;
        let reply = self.with_vendor(|vendor, at| vendor.ask(at, &query));
        Some(response::of(reply, message))
    }

    fn with_vendor<T>(&self, ask: impl FnOnce(&mut Vendor, i64) -> T) -> T {
        let mut vendor = self.vendor.lock().unwrap_or_else(PoisonError::into_inner);
        // Read while nobody else asks, so that requests come in the order of their times.
        ask(&mut vendor, self.clock.now())
    }
}

/// A body that is left out is an object without members (D13).
fn object(body: &Bytes) -> &[u8] {
    if matches!(body.trim_ascii(), b"" | b"null") { b"{}" } else { body }
}
