//! Why a database could not be opened. Both logs report their reasons by [`OpenError`].

use std::{io, path::PathBuf};

use rusqlite::ErrorCode;

use crate::error::StoreError;

/// Why a database could not be opened. Each text completes a sentence that begins with "cannot open the database X: ".
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The directory of the SQLite file does not exist.
    #[error("its directory does not exist")]
    NoDirectory,
    /// There is no SQLite file, or it is empty, and the operation does not create one.
    #[error(
        "there is no such file, or it is empty; --database names another, `group-dispatch tenant add ID` and \
         `group-dispatch serve --create` create it"
    )]
    NoFile,
    /// The SQLite file is missing or empty, but its write-ahead log is there.
    #[error(
        "the file is missing or empty, but its write-ahead log is there, which ends in -wal: put the file back beside it, \
         or move the log away; a new file would destroy the events in it"
    )]
    OrphanedLog,
    /// The SQLite file is missing or empty, but a copy that was written when it went away is there, and was not put back.
    #[error(
        "the file is missing or empty, but a copy of it is there, which a server wrote when the file went away: {}. Move the \
         copy to the path of the database; or, to begin with an empty one, move every copy to another directory",
        .0.display()
    )]
    Rescued(PathBuf),
    /// The path of the SQLite file is a directory.
    #[error("it is a directory")]
    Directory,
    /// The SQLite file, or the directory where SQLite creates the write-ahead log, can't be read and written.
    #[error("the file and its directory have to be readable and writable")]
    NoAccess,
    /// The file is not a SQLite database.
    #[error("it is not a SQLite database")]
    NotSqlite,
    /// The SQLite database belongs to another program.
    #[error("it is the SQLite database of another program")]
    Foreign,
    /// The PostgreSQL address is invalid.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// PostgreSQL rejected the user or the password.
    #[error(
        "the database refuses the user or the password of the address; reserved characters in them are percent-encoded: \
         @ as %40, : as %3A, / as %2F, ? as %3F, # as %23, % as %25"
    )]
    Password,
    /// The file that `sslrootcert` names has no certificates.
    #[error(
        "the file that the parameter sslrootcert of the address names can't be read, or has no certificate in PEM format"
    )]
    RootCertificates,
    /// TLS can't be set up on this machine.
    #[error("TLS can't be set up")]
    Tls,
    /// The PostgreSQL server is too old.
    #[error("PostgreSQL 14 or newer is needed")]
    OldPostgres,
    /// A pooler between this program and PostgreSQL does not keep sessions.
    #[error(
        "the pooler in between gives each transaction another session of PostgreSQL (PgBouncer in transaction or statement \
         mode), which notifications, locks and settings do not survive: set pool_mode=session for this database, or name the \
         address of PostgreSQL itself"
    )]
    TransactionPooler,
    /// The PostgreSQL database takes no writes, and its schema has to be created or changed.
    #[error(
        "the database takes no writes, and its schema has to be created or updated first: name the primary, or several \
         hosts with target_session_attrs=read-write; `default_transaction_read_only` has to be off"
    )]
    ReadOnly,
    /// The PostgreSQL database has no events of this program, and the operation does not create them.
    #[error("there are no events of this program in it; `group-dispatch tenant add ID` creates the tables")]
    Missing,
    /// `repair-order` is running on the PostgreSQL database.
    #[error("`group-dispatch repair-order` is running on it: start this again when that has ended")]
    Repairing,
    /// A newer version of this program changed the schema.
    #[error("a newer version of this program wrote it: start that one, or restore the backup made before it")]
    Newer,
    /// Other processes use the database, and the operation needs it for itself.
    #[error("it is in use: stop the servers and other commands that use it, and run this again")]
    InUse,
    /// The database failed, or its snapshot can't be used.
    #[error(transparent)]
    Store(StoreError),
}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::NoDirectory,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::NoAccess,
            _ => Self::Store(error.into()),
        }
    }
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::NotSqlite,
            Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::NoAccess,
            _ => Self::Store(error.into()),
        }
    }
}

/// Why the address of a PostgreSQL database is invalid. No text repeats a part of the address, which may be a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// The scheme is not `postgres` or `postgresql`.
    #[error("expected postgres:// or postgresql:// at the beginning of the address")]
    Scheme,
    /// A user, a password or a parameter contains an `@`.
    #[error(
        "more than one @ in the address, or one in its parameters; percent-encode reserved characters in user, password \
         and parameters: @ as %40, : as %3A, / as %2F, ? as %3F, # as %23, % as %25"
    )]
    UnescapedAt,
    /// The address names no host.
    #[error("the address names no host; expected postgres://USER:PASSWORD@HOST:PORT/DATABASE")]
    NoHost,
    /// The address names no database.
    #[error(
        "the address names no database; expected its name after the host: postgres://USER:PASSWORD@HOST:PORT/DATABASE"
    )]
    NoDatabase,
    /// This program does not know a parameter.
    #[error("this program does not know the parameter {0} of the address: remove it{hint}", hint = hint(.0))]
    UnknownParameter(&'static str),
    /// A parameter has an unknown name, which may be a part of a password. Parameters are counted from 1.
    #[error(
        "parameter {0} of the address, counted after the ?, is not known; expected NAME=VALUE, such as sslmode=require, with \
         & between parameters, and & in a password as %26"
    )]
    UnknownParameterAt(usize),
    /// A parameter has an unknown value.
    #[error("the value of the parameter {name} of the address can't be used; expected {expected}")]
    ParameterValue {
        /// The name of the parameter.
        name: &'static str,
        /// The values that it may have.
        expected: &'static str,
    },
    /// The host or the port is malformed.
    #[error(
        "the host or the port of the address can't be read; expected \
         postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=require, with reserved characters in user and password \
         percent-encoded: @ as %40, : as %3A, / as %2F, ? as %3F, # as %23, % as %25"
    )]
    Unreadable,
}

/// Returns what to know about a parameter of other programs.
fn hint(parameter: &str) -> &'static str {
    match parameter {
        "schema" | "currentSchema" | "search_path" => "; the events are always in the schema group_dispatch",
        "pgbouncer" => "; a pooler has to give each connection a session of its own (pool_mode=session)",
        "sslcert" | "sslkey" | "sslpassword" => "; client certificates are not supported",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;

    use super::*;

    fn sqlite(code: std::ffi::c_int) -> OpenError {
        rusqlite::Error::SqliteFailure(ffi::Error::new(code), None).into()
    }

    /// Tested by codes, because the superuser has every permission.
    #[test]
    fn missing_permissions_have_one_text() {
        for error in [
            io::Error::from(io::ErrorKind::PermissionDenied).into(),
            io::Error::from(io::ErrorKind::ReadOnlyFilesystem).into(),
            sqlite(ffi::SQLITE_CANTOPEN),
            sqlite(ffi::SQLITE_READONLY),
            sqlite(ffi::SQLITE_READONLY_DIRECTORY),
            sqlite(ffi::SQLITE_PERM),
        ] {
            assert_eq!(error.to_string(), "the file and its directory have to be readable and writable");
        }
    }

    #[test]
    fn a_general_failure_keeps_its_cause() {
        let error = sqlite(ffi::SQLITE_CORRUPT);
        assert_eq!(error.to_string(), "the database failed");
        assert!(std::error::Error::source(&error).is_some());
    }
}
