//! Opens connections to the hosts of an address, in turn and each within a time limit.
//!
//! A host that accepts connections and never answers, such as a machine whose disk hangs, must not hang anything. So the
//! limit is around the whole connect: name, TCP, TLS, authentication and settings. `connect_timeout` of
//! `tokio_postgres` ends with TCP.

use std::{
    collections::{HashMap, HashSet},
    io,
    net::IpAddr,
    sync::Arc,
    time::Duration,
};

use parking_lot::Mutex;
use tokio::{
    net::lookup_host,
    time::{Instant, timeout},
};
use tokio_postgres::{
    Config,
    config::{Host, LoadBalanceHosts, SslMode, TargetSessionAttrs},
    error::SqlState,
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{
    address::{self, Address},
    error::{has_code, lost},
    pooler,
    session::Session,
    tls,
};
use crate::{error::StoreError, event_log::open_error::OpenError};

/// The limit of a connect to one host unless the address has a `connect_timeout`.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// How long a host that did not answer is tried last. A failover has usually ended by then.
const UNRESPONSIVE_TIME: Duration = Duration::from_secs(30);
/// After this time the TCP connection to a machine that has vanished is closed.
const TCP_LIMIT: Duration = Duration::from_secs(30);

/// How to connect to a database. It has no `Debug`, because it holds the password.
#[derive(Clone)]
pub struct ConnectOptions {
    config: Config,
    tls: MakeRustlsConnect,
    limit: Duration,
    wanted: Wanted,
    hosts: Arc<Mutex<Hosts>>,
}

/// Which hosts may be used.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// With several hosts, the first one that takes writes is preferred.
    Any,
    Writable,
    ReadOnly,
}

/// The state of the hosts, by their place in the address.
#[derive(Default)]
struct Hosts {
    unresponsive_since: HashMap<usize, Instant>,
    /// Hosts that lead to no transaction pooler.
    checked: HashSet<usize>,
}

impl ConnectOptions {
    pub fn parse(url: &str) -> Result<Self, OpenError> {
        let address = address::parse(url)?;
        let tls = tls::connector(&address)?;
        let is_plain = address.has_default_tls() && address.is_local();
        let Address { mut config, has_keepalives_idle, .. } = address;
        // The certificate of a database on this machine is rarely signed by an authority.
        if is_plain {
            config.ssl_mode(SslMode::Disable);
        }
        if config.get_application_name().is_none() {
            config.application_name("group-dispatch");
        }
        // A machine that has vanished is detected.
        if !has_keepalives_idle {
            config.keepalives_idle(TCP_LIMIT);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(TCP_LIMIT);
        }
        let wanted = match config.get_target_session_attrs() {
            TargetSessionAttrs::ReadWrite => Wanted::Writable,
            TargetSessionAttrs::ReadOnly => Wanted::ReadOnly,
            _ => Wanted::Any,
        };
        // Checked here, together with the settings.
        config.target_session_attrs(TargetSessionAttrs::Any);
        let limit = config.get_connect_timeout().copied().unwrap_or(CONNECT_LIMIT);
        Ok(Self { config, tls, limit, wanted, hosts: Arc::default() })
    }

    /// Opens a connection to the first host that answers and is wanted.
    pub async fn connect(&self) -> Result<Session, StoreError> {
        let (mut read_only, mut failure) = (None, None);
        for host in self.order() {
            match self.connect_host(host).await {
                Ok(session) => match (self.wanted, session.backend().is_read_only) {
                    (Wanted::Any | Wanted::Writable, false) | (Wanted::ReadOnly, true) => return Ok(session),
                    (Wanted::Any, true) => read_only = read_only.or(Some(session)),
                    (Wanted::Writable, true) => failure = Some(StoreError::ReadOnly),
                    (Wanted::ReadOnly, false) => {
                        let text = "the database takes writes, and the address has target_session_attrs=read-only";
                        failure = Some(StoreError::database(text));
                    }
                },
                // Among several failures, what a database says is worth more than that another one does not answer.
                Err(error) if !matches!(failure, Some(StoreError::ReadOnly)) => failure = Some(error),
                Err(_) => {}
            }
        }
        let failure = || failure.unwrap_or_else(|| StoreError::database("the address names no host"));
        read_only.ok_or_else(failure)
    }

    /// Returns the places of the hosts in the order in which they are tried.
    fn order(&self) -> Vec<usize> {
        let count = self.config.get_hosts().len().max(self.config.get_hostaddrs().len());
        let mut order: Vec<_> = (0..count).collect();
        if self.config.get_load_balance_hosts() == LoadBalanceHosts::Random {
            fastrand::shuffle(&mut order);
        }
        let mut hosts = self.hosts.lock();
        hosts.unresponsive_since.retain(|_, since| since.elapsed() < UNRESPONSIVE_TIME);
        order.sort_by_key(|host| hosts.unresponsive_since.contains_key(host));
        order
    }

    async fn connect_host(&self, host: usize) -> Result<Session, StoreError> {
        let mut failure = None;
        for address in self.addresses(host).await? {
            match timeout(self.limit, self.connect_address(host, address)).await {
                Ok(Ok(session)) => return Ok(session),
                Ok(Err(error)) => failure = Some(error),
                Err(_) => {
                    self.hosts.lock().unresponsive_since.insert(host, Instant::now());
                    failure = Some(StoreError::Unresponsive);
                }
            }
        }
        Err(failure.unwrap_or_else(|| StoreError::database("the name of the host has no address")))
    }

    /// Returns the addresses of a host; `None` if it has a socket of this machine.
    async fn addresses(&self, host: usize) -> Result<Vec<Option<IpAddr>>, StoreError> {
        if let Some(address) = self.config.get_hostaddrs().get(host) {
            return Ok(vec![Some(*address)]);
        }
        match self.config.get_hosts().get(host) {
            Some(Host::Tcp(name)) => {
                let found = timeout(self.limit, lookup_host((name.as_str(), 0))).await;
                let found = found.map_err(|_| StoreError::Unresponsive)?.map_err(lost_host)?;
                Ok(found.map(|address| Some(address.ip())).collect())
            }
            _ => Ok(vec![None]),
        }
    }

    async fn connect_address(&self, host: usize, address: Option<IpAddr>) -> Result<Session, StoreError> {
        let config = self.config_of(host, address);
        let mut session = self.open(&config).await?;
        if !self.hosts.lock().checked.contains(&host) {
            self.check_pooler(&config, &session).await?;
            self.hosts.lock().checked.insert(host);
        }
        session.set_up().await?;
        Ok(session)
    }

    async fn open(&self, config: &Config) -> Result<Session, StoreError> {
        let (client, driver) = config.connect(self.tls.clone()).await?;
        Ok(Session::new(client, driver))
    }

    /// Fails if a pooler in between gives each transaction another session.
    async fn check_pooler(&self, config: &Config, session: &Session) -> Result<(), StoreError> {
        // Not to be taken for another program that has the log open.
        let other = config.clone().application_name("group-dispatch check").to_owned();
        match self.open(&other).await {
            Ok(other) => pooler::reject_transaction_pooler(session, &other).await,
            // A transaction pooler gives out more connections than the database has.
            Err(error) if has_code(&error, &SqlState::TOO_MANY_CONNECTIONS) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Returns the settings for one address of one host.
    fn config_of(&self, host: usize, address: Option<IpAddr>) -> Config {
        let all = &self.config;
        let mut one = Config::new();
        one.ssl_mode(all.get_ssl_mode())
            .ssl_negotiation(all.get_ssl_negotiation())
            .channel_binding(all.get_channel_binding())
            .connect_timeout(self.limit)
            .keepalives(all.get_keepalives())
            .keepalives_idle(all.get_keepalives_idle());
        match all.get_hosts().get(host) {
            Some(Host::Tcp(name)) => _ = one.host(name),
            #[cfg(unix)]
            Some(Host::Unix(path)) => _ = one.host_path(path),
            None => {}
        }
        if let Some(address) = address {
            one.hostaddr(address);
        }
        if let Some(port) = all.get_ports().get(host).or_else(|| all.get_ports().first()) {
            one.port(*port);
        }
        all.get_user().map(|user| one.user(user));
        all.get_password().map(|password| one.password(password));
        all.get_dbname().map(|name| one.dbname(name));
        all.get_options().map(|options| one.options(options));
        all.get_application_name().map(|name| one.application_name(name));
        all.get_tcp_user_timeout().map(|limit| one.tcp_user_timeout(*limit));
        all.get_keepalives_interval().map(|interval| one.keepalives_interval(interval));
        all.get_keepalives_retries().map(|retries| one.keepalives_retries(retries));
        one
    }
}

/// A name that is not found now may be found later.
fn lost_host(error: io::Error) -> StoreError {
    lost(format!("the host of the address was not found: {}", error.kind()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn mode(url: &str) -> SslMode {
        ConnectOptions::parse(url).unwrap().config.get_ssl_mode()
    }

    #[test]
    fn other_machines_are_asked_for_tls() {
        assert_eq!(mode("postgres://localhost/a"), SslMode::Disable);
        assert_eq!(mode("postgres://127.0.0.1/a"), SslMode::Disable);
        assert_eq!(mode("postgres://[::1]/a"), SslMode::Disable);
        assert_eq!(mode("postgres://localhost/a?sslmode=require"), SslMode::Require);
        assert_eq!(mode("postgres://localhost/a?sslmode=verify-ca"), SslMode::Require);
        assert_eq!(mode("postgres://db.example/a"), SslMode::Prefer);
        assert_eq!(mode("postgres://localhost,db.example/a"), SslMode::Prefer);
        assert_eq!(mode("postgres://localhost/a?hostaddr=192.0.2.1"), SslMode::Prefer);
        assert_eq!(mode("postgres://db.example/a?sslmode=disable"), SslMode::Disable);
        assert_eq!(mode("postgres://db.example/a?sslmode=verify-full"), SslMode::Require);
    }

    /// Nothing of the address is lost on the way to one of its hosts.
    #[test]
    fn each_host_has_the_settings_of_the_address() {
        let settings = "application_name=b&options=-c%20c=d&sslmode=require&sslnegotiation=direct&connect_timeout=7\
                        &tcp_user_timeout=8&keepalives=0&keepalives_idle=9&keepalives_interval=10&keepalives_retries=11\
                        &channel_binding=require";
        let several = format!("postgres://user:secret@one:1,two:2/a?hostaddr=192.0.2.1,192.0.2.2&{settings}");
        let options = ConnectOptions::parse(&several).unwrap();
        for (host, name) in [(0, "one:1"), (1, "two:2")] {
            let address = format!("192.0.2.{}", host + 1);
            let alone: Config =
                format!("postgres://user:secret@{name}/a?hostaddr={address}&{settings}").parse().unwrap();
            assert!(options.config_of(host, address.parse().ok()) == alone);
        }
    }
}
