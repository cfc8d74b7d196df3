//! Every odd form that callers and the vendor have been seen to write, and the forms that are refused.

mod accepted;
mod forms;
mod refused;
