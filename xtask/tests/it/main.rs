//! The tests of the tasks, on the contracts, on copies of them, and on code with planted faults.
//!
//! Only the sixth query, which compiles a copy of the workspace, is a program of its own beside them.
#![allow(clippy::panic, clippy::print_stdout, clippy::unwrap_used)]

mod api;
mod checkouts;
mod ci;
mod codegen;
mod compat;
mod dependencies;
mod layers;
mod lint;
mod prose;
mod publish;
mod reader_edition;
mod release;
mod sample;
mod typos;
