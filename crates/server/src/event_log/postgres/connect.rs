//! Parses the address of a database, and opens connections to it.

use std::{sync::Arc, time::Duration};

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod};
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};
use tokio_postgres::{
    Client, Config, Connection, Socket,
    config::{Host, SslMode},
    tls::MakeTlsConnect,
};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::{
    error::StoreError,
    event_log::open_error::{AddressError, OpenError},
};

/// Connections of the pool: one appends, the others read, apply retention, and change tenants. Outside the pool, one
/// listens and one writes snapshots. Twelve servers fit into PostgreSQL's default of 100 connections.
const MAX_CONNECTIONS: usize = 6;

/// The settings of every connection. Acknowledged events must be on disk whatever the database's default is; only a
/// stricter setting is kept. JIT is off because the queries are short: compiling them takes a hundred times as long,
/// and disabled planner methods, which have high costs, would trigger it.
const SESSION: &str = "
    SET search_path TO group_dispatch;
    SET jit TO off;
    SET client_min_messages TO warning;
    SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')";

/// How to connect to a database. It has no `Debug`, because it holds the password.
#[derive(Clone)]
pub struct ConnectOptions {
    config: Config,
    tls: MakeRustlsConnect,
}

/// The part of a connection that has to be polled.
pub type Driver = Connection<Socket, <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream>;

impl ConnectOptions {
    pub fn parse(url: &str) -> Result<Self, OpenError> {
        let mut config = parse(url)?;
        // The certificate of a database on this machine is rarely signed by an authority.
        if config.get_ssl_mode() == SslMode::Prefer && config.get_hosts().iter().all(is_local) {
            config.ssl_mode(SslMode::Disable);
        }
        if config.get_application_name().is_none() {
            config.application_name("group-dispatch");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(5));
        }
        // A machine that has vanished is detected.
        config.keepalives_idle(Duration::from_secs(30)).tcp_user_timeout(Duration::from_secs(30));
        Ok(Self { config, tls: tls()? })
    }

    pub fn pool(&self) -> Result<Pool, StoreError> {
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(self.config.clone(), self.tls.clone(), recycling);
        let begin = Hook::async_fn(|client: &mut deadpool_postgres::ClientWrapper, _| {
            Box::pin(async move { client.batch_execute(SESSION).await.map_err(HookError::Backend) })
        });
        Pool::builder(manager).max_size(MAX_CONNECTIONS).post_create(begin).build().map_err(StoreError::database)
    }

    /// Opens a connection outside the pool, which the caller polls.
    pub async fn connect(&self) -> Result<(Client, Driver), StoreError> {
        Ok(self.config.connect(self.tls.clone()).await?)
    }

    /// Opens a connection outside the pool, which is closed when the client is dropped.
    pub async fn connect_alone(&self) -> Result<Client, StoreError> {
        let (client, driver) = self.connect().await?;
        // The client reports the errors of its connection.
        tokio::spawn(async move { driver.await.ok() });
        client.batch_execute(SESSION).await?;
        Ok(client)
    }
}

/// Parses an address without changing its settings.
pub fn parse(url: &str) -> Result<Config, AddressError> {
    check_split(url)?;
    // `require` checks the certificate as well, so that the strictest mode means the same.
    let url = url.replace("sslmode=verify-full", "sslmode=require");
    let config: Config = url.parse().map_err(|_| AddressError::Unreadable)?;
    if config.get_hosts().is_empty() {
        Err(AddressError::NoHost)
    } else if config.get_dbname().is_none() {
        Err(AddressError::NoDatabase)
    } else {
        Ok(config)
    }
}

/// Checks an address without connecting, and returns its hosts, ports and database: the parts that are not secret.
/// Returns `...` if a part of an unescaped password may be among them.
///
/// # Errors
/// If the address is invalid. No error contains a part of it.
pub fn describe_address(url: &str) -> Result<String, AddressError> {
    let config = parse(url)?;
    if url.split_once('?').is_some_and(|(_, rest)| rest.contains('@')) {
        return Ok("...".to_owned());
    }
    let host_and_port = |(index, host): (usize, &Host)| {
        let host = match host {
            Host::Tcp(name) if name.contains(':') => format!("[{name}]"),
            Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            Host::Unix(path) => path.display().to_string(),
        };
        config.get_ports().get(index).map_or(host.clone(), |port| format!("{host}:{port}"))
    };
    let hosts: Vec<_> = config.get_hosts().iter().enumerate().map(host_and_port).collect();
    Ok(format!("{}/{}", hosts.join(","), config.get_dbname().unwrap_or_default()))
}

/// Rejects an address that the parser would split in another place than its author means: it takes everything before
/// the first `@` as user and password. A `?` with a `=` after a `/` is more likely a parameter than a password.
fn check_split(url: &str) -> Result<(), AddressError> {
    let Some((scheme, rest)) = url.split_once("://") else { return Err(AddressError::Scheme) };
    if !matches!(scheme, "postgres" | "postgresql") {
        return Err(AddressError::Scheme);
    }
    let Some((user_and_password, rest)) = rest.split_once('@') else { return Ok(()) };
    let is_parameter = user_and_password
        .split_once('/')
        .and_then(|(_, path)| path.split_once('?'))
        .is_some_and(|(_, parameters)| parameters.contains('='));
    let hosts_and_database = rest.split('?').next().unwrap_or_default();
    if is_parameter || hosts_and_database.contains('@') { Err(AddressError::UnescapedAt) } else { Ok(()) }
}

fn is_local(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

/// Trusts the certificates that the machine trusts, or those in the file that `SSL_CERT_FILE` names.
fn tls() -> Result<MakeRustlsConnect, OpenError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| OpenError::Tls)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
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
        assert_eq!(mode("postgres://db.example/a"), SslMode::Prefer);
        assert_eq!(mode("postgres://localhost,db.example/a"), SslMode::Prefer);
        assert_eq!(mode("postgres://db.example/a?sslmode=disable"), SslMode::Disable);
        assert_eq!(mode("postgres://db.example/a?sslmode=verify-full"), SslMode::Require);
    }

    #[test]
    fn an_invalid_address_is_rejected_without_repeating_it() {
        use AddressError::{NoDatabase, NoHost, Scheme, UnescapedAt, Unreadable};
        for (url, expected) in [
            ("", Scheme),
            ("secret", Scheme),
            ("mysql://user:secret@host/a", Scheme),
            ("postgres:user:secret@host/a", Scheme),
            ("host=here password=secret", Scheme),
            ("postgres://", NoHost),
            ("postgres://user:secret@/a", NoHost),
            ("postgres://host", NoDatabase),
            ("postgres://host/", NoDatabase),
            ("postgres://user:secret@host", NoDatabase),
            ("postgres://user:secret@host?sslmode=require", NoDatabase),
            ("postgres://:secret@host:port/a", Unreadable),
            // Without a host, the password is taken for a port.
            ("postgres://user:secret", Unreadable),
            ("postgres://user:secret/a", Unreadable),
            ("postgres://user:secret@[::1/a", Unreadable),
            ("postgres://user:secret@host/a?secret=secret", Unreadable),
            ("postgres://user:se@cret@host/a", UnescapedAt),
            ("postgres://us@er:secret@host/a", UnescapedAt),
            ("postgres://user:@secret@host/a", UnescapedAt),
            ("postgres://user:secret@@host/a", UnescapedAt),
            ("postgres://user:sec@re/t@host/a", UnescapedAt),
            ("postgres://host/a?password=sec@ret", UnescapedAt),
            ("postgres://host/a?password=sec@ret/b", UnescapedAt),
        ] {
            let error = parse(url).err();
            assert_eq!(error, Some(expected), "{url}");
            assert!(!format!("{expected} {expected:?}").contains("secret"), "{url}");
        }
        assert!(AddressError::UnescapedAt.to_string().contains("@ as %40"));
    }

    /// Other reserved characters may be percent-encoded or not.
    #[test]
    fn a_password_may_have_reserved_characters() {
        for (url, password) in [
            ("postgres://user:a%40b%3Ac%2Fd%3Fe%23f%25g@host/a", "a@b:c/d?e#f%g"),
            ("postgres://user:a:b@host/a", "a:b"),
            ("postgres://user:a/b@host/a", "a/b"),
            ("postgres://user:a?b=@host/a", "a?b="),
            ("postgres://user:a#b@host/a", "a#b"),
            ("postgres://user:50%@host/a", "50%"),
            ("postgres://user@host/a?password=a%40b", "a@b"),
        ] {
            let config = parse(url).unwrap();
            assert_eq!(config.get_password(), Some(password.as_bytes()), "{url}");
            assert_eq!((config.get_dbname(), config.get_hosts()), (Some("a"), &[Host::Tcp("host".to_owned())][..]));
        }
    }
}
