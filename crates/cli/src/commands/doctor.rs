//! `group-dispatch doctor`: checks a service, or a database.
//!
//! The checks of a service run in an order in which each needs the ones before; after a failure, the rest is skipped.

mod clock;
mod connection;
mod database;
mod history;
mod report;
mod unsigned_probe;

use std::{
    env,
    time::{Duration, Instant},
};

use anyhow::{anyhow, bail};
use clap::Args;
use group_dispatch_client::{
    Client, ClientRequest, Error, ProxySetting, Query, RateLimit, RetryPolicy, Source, reqwest::Url,
};
use group_dispatch_types::BusinessCode;

use self::{
    report::{CheckResult, Report, ReportFormat},
    unsigned_probe::UnsignedProbe,
};
use crate::{
    arguments::{
        connection::{ServiceArguments, TimeoutArguments},
        heading::OUTPUT,
        store::{DATABASE, DEFAULT_DATABASE},
    },
    database::Database,
    service::{Service, origin::Origin, warnings},
};

/// All checks of a service, in their order.
const CHECKS: [&str; 14] = [
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
    history::CHECKS[0],
    history::CHECKS[1],
];

const EXAMPLES: &str = "\
Examples:
  group-dispatch doctor
  group-dispatch doctor --profile work
  group-dispatch doctor --url http://127.0.0.1:8080 --tenant-id 500766
  group-dispatch doctor --database sqlite:///var/lib/group-dispatch.db
  group-dispatch doctor --database --output json";

/// Find out why queries fail: prints a line for each check, with what to do about a failure.
///
/// Checks where address, tenant and key come from, the connection, its encryption, whether the expected service
/// responds, this machine's clock, the signature, and each query. Of a group-dispatch-server also checks whether a mirror
/// keeps it up to date, and whether there are gaps in the last 24 hours. The exit status is 1 if a check fails; warnings don't
/// change it. The key is never printed.
///
/// A proxy is used if HTTP_PROXY (for http addresses), HTTPS_PROXY (for https addresses) or ALL_PROXY, in upper or
/// lower case, names one: http, https, socks4, socks4a, socks5 or socks5h. No proxy is used for hosts that NO_PROXY
/// lists, for localhost, this machine's own name, and the IP addresses of this machine.
///
/// With --database, checks a database instead, also while servers use it, and changes nothing: whether events that a
/// version before contract 2.0.0 stored are in order. If not, prints the command that repairs them.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Doctor {
    /// Check this database instead of a service, in the form that `serve` takes. Without URL, check the database that
    /// GROUP_DISPATCH_DATABASE names, or sqlite://group-dispatch.db. Other users of this machine can see a password in
    /// the URL in the list of processes; the variable is safer.
    #[arg(long, value_name = "URL", num_args = 0..=1)]
    pub database: Option<Option<Database>>,
    /// The format of the report.
    #[arg(long, value_name = "FORM", default_value = "text", help_heading = OUTPUT)]
    pub output: ReportFormat,
    #[command(flatten)]
    pub service: ServiceArguments,
    #[command(flatten)]
    pub timeout: TimeoutArguments,
}

impl Doctor {
    /// Returns the database to check, or `None` to check a service.
    fn database(&self) -> anyhow::Result<Option<Database>> {
        match &self.database {
            None => Ok(None),
            Some(Some(given)) => Ok(Some(given.clone())),
            Some(None) => {
                let url = env::var(DATABASE).ok().filter(|url| !url.trim().is_empty());
                let database = url.as_deref().unwrap_or(DEFAULT_DATABASE).parse();
                database.map(Some).map_err(|error| anyhow!("{DATABASE}: {error}"))
            }
        }
    }
}

pub async fn run(arguments: &Doctor) -> anyhow::Result<()> {
    if let Some(database) = arguments.database()? {
        return database::run(&database, arguments.output).await;
    }
    let mut report = Report::new(&CHECKS, arguments.output);
    check_service(arguments, &mut report).await;
    report.conclude()
}

/// Runs the checks. Returns `None` after a failure that makes the next checks pointless.
async fn check_service(arguments: &Doctor, report: &mut Report) -> Option<()> {
    let timeout = arguments.timeout.timeout;
    let service = report.add("configuration", check_configuration(&arguments.service))?;
    let (url, client) = report.add("address", check_address(&service, timeout))?;
    let proxy = ProxySetting::for_url(&url).ok().flatten();
    let is_local = report.add("connection", connection::check(&service, &url, proxy.as_ref(), timeout).await)?;
    let probe = UnsignedProbe::send(&url, proxy.as_ref(), timeout).await;
    report.add("encryption", check_encryption(&service, &url, is_local, &probe, proxy.as_ref()))?;
    // The client signs by this machine's clock, and knows the service's clock after a rejected timestamp.
    let first = send_once(client.all_online()).await;
    report.add("service", check_service_kind(&service, &probe, &first))?;
    let is_rejected = first.as_ref().is_err_and(|error| error.code() == Some(BusinessCode::TimestampTimeout));
    report.add("clock", clock::check(probe.times(), is_rejected));
    let signed = if is_rejected { send_once(client.all_online()).await } else { first };
    report.add("signature", check_signature(&service, &signed, is_rejected))?;
    check_queries(&service, &client, report).await;
    history::check(&service, &client, report).await
}

async fn send_once<Q: ClientRequest>(query: Query<Q>) -> Result<Q::Data, Error> {
    query.retry(RetryPolicy::never()).await
}

fn check_configuration(arguments: &ServiceArguments) -> anyhow::Result<CheckResult<Service>> {
    let (service, origins) = Service::with_origins(arguments)?;
    let (url_origin, tenant_origin, key_origin) =
        (origins.url.name(), origins.tenant_id.name(), origins.api_key.name());
    let file = [&origins.url, &origins.tenant_id, &origins.api_key].into_iter().find_map(Origin::file);
    let file = file.map(|file| format!("; profiles are in {}", file.display())).unwrap_or_default();
    let (tenant, key) = (service.credentials.tenant_id(), service.credentials.api_key().expose());
    let text = format!("address from {url_origin}, tenant {tenant} from {tenant_origin}, key from {key_origin}{file}");
    match key.trim() {
        "" => bail!("the key from {key_origin} is empty; expected the key of tenant {tenant}"),
        trimmed if trimmed == key => Ok(CheckResult::ok(service, text)),
        _ => {
            let text = format!("{text}; the key begins or ends with a space; remove it unless it is part of the key");
            Ok(CheckResult::warning(service, text))
        }
    }
}

fn check_address(service: &Service, timeout: Duration) -> anyhow::Result<CheckResult<(Url, Client)>> {
    // A delay of the client's rate limit would count as response time of the service.
    let client = service.client_builder(timeout)?.rate_limit(RateLimit::Unlimited).build()?;
    let url: Url = service.url.parse()?;
    Ok(CheckResult::ok((url, client), service.display_url()))
}

fn check_encryption(
    service: &Service,
    url: &Url,
    is_local: bool,
    probe: &UnsignedProbe,
    proxy: Option<&ProxySetting>,
) -> anyhow::Result<CheckResult<()>> {
    match (url.scheme(), probe.error()) {
        ("https", Some(error)) => Err(service.explain_request_error(error, proxy)),
        ("https", None) => Ok(CheckResult::ok((), "TLS, with a certificate that this machine trusts")),
        _ if is_local => Ok(CheckResult::ok((), "none, and not needed on one machine")),
        _ => Ok(CheckResult::warning(
            (),
            "none: others on the network can read the responses; use an https address if there is one",
        )),
    }
}

/// Checks that the response has the envelope of the contract, even if the query was rejected.
fn check_service_kind<T>(
    service: &Service,
    probe: &UnsignedProbe,
    response: &Result<T, Error>,
) -> anyhow::Result<CheckResult<()>> {
    use BusinessCode::{MethodNotAllowed, UnknownPath, UnsupportedMediaType};
    match response {
        Err(error @ Error::Business { code: UnknownPath | MethodNotAllowed | UnsupportedMediaType, .. }) => {
            Err(anyhow!("{error}"))
        }
        Ok(_) | Err(Error::Business { .. }) => Ok(CheckResult::ok((), probe.describe_service())),
        Err(error) => Err(match probe.redirect_target() {
            Some(target) => anyhow!("{error} It redirects to {target}; use that as the address if you trust it"),
            None => service.explain(error),
        }),
    }
}

fn check_signature<T>(
    service: &Service,
    response: &Result<T, Error>,
    is_second_try: bool,
) -> anyhow::Result<CheckResult<()>> {
    match response {
        Ok(_) if is_second_try => Ok(CheckResult::ok((), "accepted, with the time of the service's clock")),
        Ok(_) => Ok(CheckResult::ok((), "accepted")),
        Err(error) => Err(service.explain(error)),
    }
}

/// Sends each query once, for an agent or account that hardly exists.
async fn check_queries(service: &Service, client: &Client, report: &mut Report) -> Option<()> {
    let (source, agent, account) = (Source::Pc, 1, 1);
    report.add("queryUserStatus", check_query(service, client.online_agents(source).user_id(agent)).await);
    report.add("queryAllOlWhatsAppInfo", check_query(service, client.all_online()).await);
    report.add("queryWhatsAppInfo", check_query(service, client.account_location(account)).await);
    report.add("queryUserStatusLog", check_query(service, client.status_log(source).whats_app(account)).await);
    report.add("getLatestOnlineWhatsAccount", check_query(service, client.recent_accounts(source).user_id(agent)).await)
}

async fn check_query<Q: ClientRequest>(service: &Service, query: Query<Q>) -> anyhow::Result<CheckResult<()>> {
    let start = Instant::now();
    let response = query.retry(RetryPolicy::never()).with_response().await.map_err(|error| service.explain(&error))?;
    let text = format!("response in {}", connection::format_milliseconds(start.elapsed()));
    Ok(match warnings::describe(&response.response) {
        None => CheckResult::ok((), text),
        Some(warning) => CheckResult::warning((), format!("{text}; {warning}")),
    })
}
