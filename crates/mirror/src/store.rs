//! What a mirror needs of the store that it writes to.

use std::error::Error;

use group_dispatch_types::ingest::{MirroredFactsReceipt, MirroredFactsRequest};

use crate::question::{Memory, Recall};

/// How many of an agent's latest records a store returns for [`Recall::Known`]: more than a page of the vendor has.
pub const KNOWN_RECORDS: usize = 60;

/// Why a store did not answer.
pub type StoreFailure = Box<dyn Error + Send + Sync>;

/// A store that a mirror writes to, and whose memory it uses.
pub trait MirrorStore: Send + Sync {
    /// Answers a question of the mirror. What it says of looks must not be newer than what it says of accounts.
    ///
    /// # Errors
    /// If the store does not answer now. The mirror asks again.
    fn recall(&self, recall: &Recall) -> impl Future<Output = Result<Memory, StoreFailure>> + Send;

    /// Stores facts, all or none; the same call again changes nothing.
    ///
    /// # Errors
    /// If it is not known whether they are stored. The mirror sends them again.
    fn append(
        &self,
        facts: MirroredFactsRequest,
    ) -> impl Future<Output = Result<MirroredFactsReceipt, StoreFailure>> + Send;
}
