//! Connections to receivers: TCP to a checked address, and TLS.

use std::{io, net::SocketAddr, time::Duration};

use rustls::{CertificateError, Error, pki_types::ServerName};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::webhooks::{
    destination::Host,
    outcome::{CertificateProblem, Failure},
};

/// How many addresses of a host are tried at most.
const MAX_ADDRESSES: usize = 4;
/// How long each is tried, so that one that does not answer leaves time for the next.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);

/// Connects to the first of the addresses that accepts.
pub async fn connect(addresses: &[SocketAddr]) -> Result<TcpStream, Failure> {
    let mut failure = Failure::Unreachable;
    for address in addresses.iter().take(MAX_ADDRESSES) {
        failure = match timeout(CONNECT_TIMEOUT, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // The request is one small write; without the option it may wait.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => Failure::ConnectionRefused,
            Ok(Err(_)) | Err(_) => Failure::Unreachable,
        };
    }
    Err(failure)
}

/// Makes the TLS handshake, in which the receiver proves that it is the host of the address.
pub async fn encrypt(tls: &TlsConnector, host: &Host, stream: TcpStream) -> Result<TlsStream<TcpStream>, Failure> {
    let name = match host {
        Host::Name(name) => ServerName::try_from(name.clone()).map_err(|_| Failure::InvalidRequest)?,
        Host::Address(address) => ServerName::IpAddress((*address).into()),
    };
    tls.connect(name, stream).await.map_err(|error| failure_of(&error))
}

fn failure_of(error: &io::Error) -> Failure {
    match error.get_ref().and_then(|error| error.downcast_ref::<Error>()) {
        Some(Error::InvalidCertificate(error)) => Failure::Certificate(match error {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => CertificateProblem::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                CertificateProblem::NotYetValid
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                CertificateProblem::WrongName
            }
            CertificateError::UnknownIssuer => CertificateProblem::UnknownIssuer,
            _ => CertificateProblem::Other,
        }),
        Some(_) => Failure::Tls,
        None => Failure::Disconnected,
    }
}
