use std::io;

use rusqlite::ErrorCode;
use rusqlite_migration::MigrationDefinitionError;

use crate::error::StoreError;

/// Why a file was not opened as a store. Each text goes on where "cannot open the database X" ends.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no directory for the file to be in.
    #[error("its directory does not exist")]
    NoDirectory,
    /// It is no file at all.
    #[error("it is a directory")]
    Directory,
    /// The file or, where SQLite puts the write-ahead log, its directory can't be written or read.
    #[error("the file and its directory have to be readable and writable")]
    NoAccess,
    /// The file holds something else.
    #[error("it is not a SQLite database")]
    NotSqlite,
    /// The file is a SQLite database, but not a store.
    #[error("it is the SQLite database of another program")]
    Foreign,
    /// The file has changes of the schema that this version has not heard of.
    #[error("a newer version of this program wrote it: start that one, or restore the backup made before it")]
    Newer,
    /// Other processes use the file, and it is to be changed without them.
    #[error("it is in use: stop the servers and other commands that use it, and run this again")]
    InUse,
    /// Anything else.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::NoDirectory,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::NoAccess,
            _ => Self::Store(StoreError::database(error)),
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

impl From<rusqlite_migration::Error> for OpenError {
    fn from(error: rusqlite_migration::Error) -> Self {
        match error {
            rusqlite_migration::Error::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead) => {
                Self::Newer
            }
            rusqlite_migration::Error::RusqliteError { err, .. } => err.into(),
            other => Self::Store(StoreError::database(other)),
        }
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;

    use super::*;

    /// Told here, for to the superuser no permission is missing.
    #[test]
    fn a_missing_permission_is_told_alike_whoever_noticed_it() {
        let sqlite = |code| OpenError::from(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
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
    fn what_can_happen_to_any_database_has_its_cause_below_it() {
        let error = OpenError::from(rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_FULL), None));
        assert_eq!(error.to_string(), "the database failed");
        assert!(std::error::Error::source(&error).is_some());
    }
}
