//! Clients that other people's generators make of the contract, and of its edition for readers of the vendor. Each is
//! generated, compiled, and run against a real server by a small program, `tests/consumers`. What does not work has to be
//! what the docs page "Clients in other languages" says.

mod go;
mod harness;
mod java;
mod python;
mod rust;
mod typescript;

pub use self::typescript::Typescript;
