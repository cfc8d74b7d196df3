/// What its contract says of one of the operations.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// Its place among the operations.
    pub index: usize,
    /// Its operationId.
    pub id: &'static str,
    /// Its path, below the base URL.
    pub path: &'static str,
    /// Whether it may be sent again without harm (`x-idempotent`).
    pub is_idempotent: bool,
    /// How many requests the vendor allows (`x-requests-per-second`).
    pub requests_per_second: u32,
}
