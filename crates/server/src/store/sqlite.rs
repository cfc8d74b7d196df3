/// placeholder
pub struct SqliteStore;
