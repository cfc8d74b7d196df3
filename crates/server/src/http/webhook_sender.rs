//! [`WebhookSender`]: makes one attempt to deliver a message to a webhook.
//!
//! The host is resolved once, and the connection is made to one of the addresses that were checked: a second resolution could
//! return another address. No proxy is used, no redirect followed, and no connection kept. The body that the receiver returns
//! is read up to a small limit and dropped.

mod connect;
mod deadline;
mod exchange;

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use async_trait::async_trait;
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};
use tokio::net::lookup_host;
use tokio_rustls::TlsConnector;

use self::deadline::Deadline;
use crate::webhooks::{
    destination::{Host, PlainHttp, WebhookUrl},
    networks::AllowedNetworks,
    outcome::{Failure, Outcome},
    outgoing::OutgoingMessage,
    secret::SigningSecrets,
};

/// Resolves host names.
#[async_trait]
pub trait Resolve: Send + Sync {
    /// Returns the addresses of a host.
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// The resolver of the operating system.
#[derive(Debug)]
pub struct SystemResolver;

#[async_trait]
impl Resolve for SystemResolver {
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        Ok(lookup_host((host, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// What the operator can set.
#[derive(Clone, Debug)]
pub struct SendOptions {
    /// The networks that webhooks may reach in addition to the Internet.
    pub allowed: AllowedNetworks,
    /// Whether webhooks may have an `http` address.
    pub plain_http: PlainHttp,
    /// The time limit of an attempt, from the resolution of the host to the status of the response.
    pub timeout: Duration,
}

impl Default for SendOptions {
    fn default() -> Self {
        // The specification recommends 15 to 30 seconds.
        Self { allowed: AllowedNetworks::default(), plain_http: PlainHttp::default(), timeout: Duration::from_secs(15) }
    }
}

/// TLS can't be set up.
#[derive(Debug, thiserror::Error)]
#[error("TLS of webhooks can't be set up")]
pub struct TlsError(#[source] rustls::Error);

/// Makes attempts to deliver messages.
pub struct WebhookSender {
    options: SendOptions,
    tls: TlsConnector,
    resolver: Arc<dyn Resolve>,
}

impl WebhookSender {
    /// Creates a sender that trusts the authorities that this machine trusts, or those in the file that `SSL_CERT_FILE` names.
    ///
    /// # Errors
    /// If TLS can't be set up.
    pub fn new(options: SendOptions) -> Result<Self, TlsError> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        Self::with(options, roots, Arc::new(SystemResolver))
    }

    /// Creates a sender with these authorities and this resolver.
    fn with(options: SendOptions, roots: RootCertStore, resolver: Arc<dyn Resolve>) -> Result<Self, TlsError> {
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(TlsError)?;
        let mut config = config.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { options, tls: TlsConnector::from(Arc::new(config)), resolver })
    }

    /// Makes an attempt, which is signed with the current time.
    pub async fn send(&self, url: &WebhookUrl, message: &OutgoingMessage, secrets: &SigningSecrets) -> Outcome {
        self.attempt(url, message, secrets).await.unwrap_or_else(Outcome::Failure)
    }

    async fn attempt(
        &self,
        url: &WebhookUrl,
        message: &OutgoingMessage,
        secrets: &SigningSecrets,
    ) -> Result<Outcome, Failure> {
        if !url.is_https() && self.options.plain_http == PlainHttp::Refused {
            return Err(Failure::PlainHttpRefused);
        }
        let deadline = Deadline::after(self.options.timeout);
        let addresses = deadline.limit(self.checked_addresses(url)).await?;
        let stream = deadline.limit(connect::connect(&addresses)).await?;
        let request = |now: SystemTime| {
            let timestamp = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
            exchange::request(url, message, timestamp, &secrets.signature(&message.id, timestamp, &message.body))
        };
        if url.is_https() {
            let stream = deadline.limit(connect::encrypt(&self.tls, url.host(), stream)).await?;
            exchange::exchange(stream, request(SystemTime::now())?, deadline).await
        } else {
            exchange::exchange(stream, request(SystemTime::now())?, deadline).await
        }
    }

    /// Resolves the host, and returns those of its addresses that webhooks may reach.
    async fn checked_addresses(&self, url: &WebhookUrl) -> Result<Vec<SocketAddr>, Failure> {
        let addresses = match url.host() {
            Host::Address(address) => vec![*address],
            Host::Name(name) => self.resolver.resolve(name).await.map_err(|_| Failure::UnknownHost)?,
        };
        let (mut checked, mut refused) = (Vec::new(), None);
        for address in addresses {
            match self.options.allowed.check(address) {
                Ok(()) => checked.push(SocketAddr::new(address, url.port())),
                Err(network) => refused = refused.or(Some(network)),
            }
        }
        match refused {
            Some(network) if checked.is_empty() => Err(Failure::AddressRefused(network)),
            None if checked.is_empty() => Err(Failure::UnknownHost),
            _ => Ok(checked),
        }
    }
}

#[cfg(test)]
mod tests;
