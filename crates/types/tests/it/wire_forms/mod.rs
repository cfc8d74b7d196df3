//! Accepted forms that differ from the contract's, as seen from callers and the vendor, and rejected forms.

mod accepted;
mod forms;
mod refused;
