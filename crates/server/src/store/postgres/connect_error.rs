use crate::store::StoreError;

/// Why a PostgreSQL database was not opened as a log. Each text goes on where "cannot open the database" ends.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The address can't be read.
    #[error("expected an address such as postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=require")]
    Address,
    /// TLS can't be set up on this machine.
    #[error("TLS can't be set up")]
    Tls,
    /// The database lacks something that newer ones have.
    #[error("PostgreSQL 14 or newer is needed")]
    Old,
    /// The database has changes of the schema that this version has not heard of.
    #[error("a newer version of this program changed it: start that one, or restore the backup made before it")]
    Newer,
    /// Anything else.
    #[error(transparent)]
    Store(#[from] StoreError),
}
