//! `group-dispatch doctor`: checks of a service, each of which the next ones stand on, or of a database.

use std::{
    io,
    net::{SocketAddr, ToSocketAddrs},
    time::{Duration, Instant},
};

use anyhow::{anyhow, bail};
use group_dispatch_client::{
    Client, ClientRequest, Error, ProxySetting, Query, RateLimit, RetryPolicy, Source, reqwest::Url,
};
use group_dispatch_types::BusinessCode;
use jiff::SignedDuration;
use tokio::{net::TcpStream, task::spawn_blocking, time::timeout};

use crate::{
    arguments::{Doctor, ServiceArguments},
    doctor::{
        greeting::Greeting,
        report::{Found, Report},
    },
    faults,
    service::{Origin, Service},
};

mod clock;
mod database;
mod greeting;
mod report;

/// In their order. A check that fails keeps those from being made that would tell nothing then.
const CHECKS: [&str; 12] = [
    "configuration",
    "address",
    "connection",
    "encryption",
    "service",
    "clock",
    "signature",
    "queryUserStatus",
    "queryAllOlWhatsAppInfo",
    "queryWhatsAppInfo",
    "queryUserStatusLog",
    "getLatestOnlineWhatsAccount",
];

pub async fn run(arguments: &Doctor) -> anyhow::Result<()> {
    if let Some(database) = arguments.database()? {
        return database::run(&database, arguments.output).await;
    }
    let mut report = Report::new(&CHECKS, arguments.output);
    examine(arguments, &mut report).await;
    report.conclude()
}

/// Ends early where a check fails without which the next ones tell nothing.
async fn examine(arguments: &Doctor, report: &mut Report) -> Option<()> {
    let time_limit = arguments.time.timeout;
    let service = report.add("configuration", configuration(&arguments.service))?;
    let (url, client) = report.add("address", address(&service, time_limit))?;
    let proxy = ProxySetting::for_url(&url).ok().flatten();
    let is_local = report.add("connection", connection(&service, &url, proxy.as_ref(), time_limit).await)?;
    let greeting = Greeting::of(&url, proxy.as_ref(), time_limit).await;
    report.add("encryption", encryption(&service, &url, is_local, &greeting, proxy.as_ref()))?;
    // Signed by this machine's clock alone; after a refusal for its time the client knows the service's.
    let asked = once(client.all_online()).await;
    report.add("service", service_answers(&service, &greeting, &asked))?;
    let is_refused = asked.as_ref().is_err_and(|error| error.code() == Some(BusinessCode::TimestampTimeout));
    report.add("clock", clock::compare(greeting.times(), is_refused));
    let asked = if is_refused { once(client.all_online()).await } else { asked };
    report.add("signature", signature(&service, &asked, is_refused))?;
    queries(&service, &client, report).await
}

async fn once<R: ClientRequest>(query: Query<R>) -> Result<R::Data, Error> {
    query.retry(RetryPolicy::never()).await
}

fn configuration(arguments: &ServiceArguments) -> anyhow::Result<Found<Service>> {
    let (service, origins) = Service::traced(arguments)?;
    let (url_by, tenant_by, key_by) = (origins.url.name(), origins.tenant_id.name(), origins.api_key.name());
    let file = [&origins.url, &origins.tenant_id, &origins.api_key].into_iter().find_map(Origin::file);
    let file = file.map(|file| format!("; profiles stand in {}", file.display())).unwrap_or_default();
    let (tenant, key) = (service.credentials.tenant_id(), service.credentials.api_key().expose());
    let text = format!("address from {url_by}, tenant {tenant} from {tenant_by}, key from {key_by}{file}");
    match key.trim() {
        "" => bail!("the key from {key_by} is empty; give the one that belongs to tenant {tenant}"),
        trimmed if trimmed == key => Ok(Found::fine(service, text)),
        _ => Ok(Found::warning(service, format!("{text}; the key begins or ends with a space: is that a part of it?"))),
    }
}

fn address(service: &Service, time_limit: Duration) -> anyhow::Result<Found<(Url, Client)>> {
    // Few requests are sent, and waiting for a turn would count as a part of the time that the service takes.
    let client = service.client_builder(time_limit)?.rate_limit(RateLimit::Unlimited).build()?;
    let url: Url = service.url.parse()?;
    Ok(Found::fine((url, client), &service.url))
}

/// Whether the service is on this machine. Behind a proxy, only the proxy is connected to.
async fn connection(
    service: &Service,
    url: &Url,
    proxy: Option<&ProxySetting>,
    time_limit: Duration,
) -> anyhow::Result<Found<bool>> {
    let explain = |error: &io::Error| match proxy {
        Some(proxy) => anyhow!(
            "can't connect to {proxy}: {error}; is the address in {} right? Hosts in NO_PROXY are reached without it",
            proxy.variable()
        ),
        None => service.explain_broken(error),
    };
    let (host, port) = match proxy {
        Some(proxy) => (proxy.host().to_owned(), proxy.port()),
        None => (url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned(), url.port_or_known_default()),
    };
    let (address, duration) = connect(host, port.unwrap_or_default(), time_limit, explain).await?;
    let duration = milliseconds(duration);
    Ok(match proxy {
        Some(proxy) => Found::fine(false, format!("to {proxy} in {duration}; it connects to the service")),
        None => Found::fine(address.ip().is_loopback(), format!("to {address} in {duration}")),
    })
}

async fn connect(
    host: String,
    port: u16,
    time_limit: Duration,
    explain: impl Fn(&io::Error) -> anyhow::Error,
) -> anyhow::Result<(SocketAddr, Duration)> {
    let addresses = spawn_blocking(move || (host, port).to_socket_addrs()).await?;
    let addresses: Vec<_> = addresses.map_err(|error| explain(&error))?.collect();
    let began = Instant::now();
    let connected = timeout(time_limit, TcpStream::connect(&addresses[..])).await.map_err(|_| {
        let tried: Vec<_> = addresses.iter().map(SocketAddr::to_string).collect();
        let time_limit = SignedDuration::try_from(time_limit).unwrap_or(SignedDuration::MAX);
        anyhow!("no answer from {} in {time_limit:#}; does a firewall stand between?", tried.join(", "))
    })?;
    let stream = connected.map_err(|error| explain(&error))?;
    Ok((stream.peer_addr()?, began.elapsed()))
}

fn encryption(
    service: &Service,
    url: &Url,
    is_local: bool,
    greeting: &Greeting,
    proxy: Option<&ProxySetting>,
) -> anyhow::Result<Found<()>> {
    match (url.scheme(), greeting.failure()) {
        ("https", Some(error)) => Err(service.explain_failure(error, proxy)),
        ("https", None) => Ok(Found::fine((), "TLS, with a certificate that this machine trusts")),
        _ if is_local => Ok(Found::fine((), "none, and on one machine none is needed")),
        _ => Ok(Found::warning(
            (),
            "none: whoever is on the way can read the answers; is there an https address as well?",
        )),
    }
}

/// Whether it is the service that answered: in its envelope, be it with a refusal.
fn service_answers<T>(service: &Service, greeting: &Greeting, asked: &Result<T, Error>) -> anyhow::Result<Found<()>> {
    use BusinessCode::{MethodNotAllowed, UnknownPath, UnsupportedMediaType};
    match asked {
        Err(error @ Error::Business { code: UnknownPath | MethodNotAllowed | UnsupportedMediaType, .. }) => {
            Err(anyhow!("{error}"))
        }
        Ok(_) | Err(Error::Business { .. }) => Ok(Found::fine((), greeting.kind_of_service())),
        Err(error) => Err(match greeting.points_to() {
            Some(other) => anyhow!("{error} It points to {other}; if you trust that, give it as the address"),
            None => service.explain(error),
        }),
    }
}

fn signature<T>(service: &Service, asked: &Result<T, Error>, is_anew: bool) -> anyhow::Result<Found<()>> {
    match asked {
        Ok(_) if is_anew => Ok(Found::fine((), "accepted, when it is made by the service's clock")),
        Ok(_) => Ok(Found::fine((), "accepted")),
        Err(error) => Err(service.explain(error)),
    }
}

/// Asks each query for next to nothing.
async fn queries(service: &Service, client: &Client, report: &mut Report) -> Option<()> {
    let (source, agent, account) = (Source::Pc, 1, 1);
    report.add("queryUserStatus", answered(service, client.online_agents(source).user_id(agent)).await);
    report.add("queryAllOlWhatsAppInfo", answered(service, client.all_online()).await);
    report.add("queryWhatsAppInfo", answered(service, client.account_location(account)).await);
    report.add("queryUserStatusLog", answered(service, client.status_log(source).whats_app(account)).await);
    report.add("getLatestOnlineWhatsAccount", answered(service, client.recent_accounts(source).user_id(agent)).await)
}

async fn answered<R: ClientRequest>(service: &Service, query: Query<R>) -> anyhow::Result<Found<()>> {
    let began = Instant::now();
    let answer = query.retry(RetryPolicy::never()).with_response().await.map_err(|error| service.explain(&error))?;
    let text = format!("answered in {}", milliseconds(began.elapsed()));
    Ok(match faults::of(&answer.response) {
        None => Found::fine((), text),
        Some(faults) => Found::warning((), format!("{text}; {faults}")),
    })
}

fn milliseconds(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1000.0)
}
