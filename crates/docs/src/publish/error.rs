//! Why a version of the site can't be published.

use std::{io, path::PathBuf};

/// Publishing failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublishError {
    /// A file or a folder can't be read or written.
    #[error("cannot write {}", .path.display())]
    File {
        /// Its path.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// Something that would be replaced was not published by this crate.
    #[error("{}: expected nothing, or what this program wrote; found another file or folder", .0.display())]
    Foreign(PathBuf),
    /// The list of versions can't be read, or names other paths than those of versions and pages.
    #[error("{}: expected the list of versions that a run before wrote", .0.display())]
    List(PathBuf),
    /// A site alone would replace versions.
    #[error("{}: expected an empty folder or a site alone, found published versions; --publish adds to them", .0.display())]
    Versions(PathBuf),
    /// A version is not three numbers.
    #[error("version {0:?}: expected three numbers, such as 2.1.0; prereleases are not published")]
    Version(String),
    /// The same version of the contract is there with a later text.
    #[error("version {version} is there already, from contract {contract} and crates {crates}, which are later")]
    Later {
        /// The version's folder.
        version: String,
        /// The contract that is there.
        contract: String,
        /// The crates that are there.
        crates: String,
    },
    /// The site was published with a base URL before, and now without.
    #[error(
        "the versions here were published with --base-url {0}: give it again, or their canonical links would be lost"
    )]
    BaseUrl(String),
    /// A page of the root can't be made. This is a bug of this crate.
    #[error(transparent)]
    Page(#[from] crate::Error),
}
