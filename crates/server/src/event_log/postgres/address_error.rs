//! What is wrong with the address of a PostgreSQL database. The parser of `tokio_postgres` splits an address at the first
//! `@`, and what it reports of the rest is about a part that is not meant as such.

/// Why an address of a PostgreSQL database can't be used. No text repeats a part of the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// Another scheme, or none.
    #[error("expected postgres:// or postgresql:// at the beginning of the address")]
    Scheme,
    /// A user, a password or a parameter has an `@`.
    #[error(
        "more than one @ in the address, or one in its parameters; percent-encode reserved characters in user, password \
         and parameters: @ as %40, : as %3A, / as %2F, ? as %3F, # as %23, % as %25"
    )]
    UnescapedAt,
    /// No host.
    #[error("the address names no host; expected postgres://USER:PASSWORD@HOST:PORT/DATABASE")]
    NoHost,
    /// No database.
    #[error(
        "the address names no database; expected its name after the host: postgres://USER:PASSWORD@HOST:PORT/DATABASE"
    )]
    NoDatabase,
    /// A host, a port or a parameter that can't be read.
    #[error(
        "the host, the port or a parameter of the address can't be read; expected \
         postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=require, with reserved characters in user and password \
         percent-encoded: @ as %40, : as %3A, / as %2F, ? as %3F, # as %23, % as %25"
    )]
    Unreadable,
}

/// Rejects an address that the parser would split in another place than its writer means.
///
/// The parser takes what comes before the first `@` as user and password, with any characters in it. A `?` with a `=` after
/// a `/` is more likely a parameter than a password.
pub fn check_split(url: &str) -> Result<(), AddressError> {
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
