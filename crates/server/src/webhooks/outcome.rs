//! [`Outcome`]: how an attempt to deliver a message ended. The sender makes it, `retry` decides by it, and the list of
//! deliveries shows it.
//!
//! It has nothing of the body that the receiver returned: that would show the owner of a webhook what an address inside the
//! server's network returns.

use std::time::Duration;

use super::networks::SpecialNetwork;

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver returned a response, of which the status counts.
    Response {
        /// The HTTP status.
        status: u16,
        /// The wait that the header `Retry-After` asks for.
        retry_after: Option<Duration>,
    },
    /// There is no response.
    Failure(Failure),
}

/// Why an attempt got no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// All addresses of the host are in networks that webhooks may not reach.
    #[error("the host has no address that webhooks may reach, but {0}; --webhook-allow-network allows a network")]
    AddressRefused(SpecialNetwork),
    /// The webhook is at an `http` address, and the operator does not allow these any more.
    #[error("the webhook has an http address, and only https is allowed")]
    PlainHttpRefused,
    /// The name of the host can't be resolved.
    #[error("the name of the host can't be resolved")]
    UnknownHost,
    /// The host refused the connection.
    #[error("the host refused the connection: nothing listens on the port, or a firewall rejects it")]
    ConnectionRefused,
    /// The host can't be reached.
    #[error("the host can't be reached")]
    Unreachable,
    /// The receiver's certificate is not accepted.
    #[error("the receiver's certificate {0}")]
    Certificate(CertificateProblem),
    /// TLS failed otherwise, for example because the receiver does not speak it.
    #[error("the TLS handshake failed: the receiver may not speak TLS 1.2 or 1.3 on this port")]
    Tls,
    /// The time limit of the attempt is over.
    #[error("the receiver did not respond in time")]
    TimedOut,
    /// The receiver closed the connection before its response. It may have processed the message.
    #[error("the receiver closed the connection before its response")]
    Disconnected,
    /// What the receiver returned is not a response of HTTP/1.1, or its head is too large.
    #[error("the receiver's response is not valid HTTP/1.1")]
    InvalidResponse,
    /// The request could not be made.
    #[error("the request could not be made")]
    InvalidRequest,
}

/// What is wrong with a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateProblem {
    /// It has expired.
    #[error("has expired")]
    Expired,
    /// It is not valid yet, or the server's clock is wrong.
    #[error("is not valid yet by this server's clock")]
    NotYetValid,
    /// It is of another name.
    #[error("is of another host name")]
    WrongName,
    /// No authority that this machine trusts has signed it.
    #[error(
        "is not signed by an authority that this machine trusts; the receiver may have to send the intermediate certificates"
    )]
    UnknownIssuer,
    /// Anything else.
    #[error("is invalid")]
    Other,
}
