//! What the contracts say about an operation. The table of all operations is generated: `generated/operations.snap.rs`.

/// An operation of one of the contracts.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// Its index in the table of all operations.
    pub index: usize,
    /// The operationId.
    pub id: &'static str,
    /// The path below the base URL.
    pub path: &'static str,
    /// Whether sending it twice has the same effect as once (`x-idempotent`).
    pub is_idempotent: bool,
    /// Requests per second that the vendor allows (`x-requests-per-second`).
    pub requests_per_second: u32,
}
