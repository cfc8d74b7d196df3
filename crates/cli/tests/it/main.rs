//! The tests of the command, as its users run it.
//!
//! They are one program, because each program links the whole server again.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod account;
mod certificates;
mod command;
mod common;
mod completions;
mod compressed;
mod config_file;
mod contradictions;
mod doctor;
mod event;
mod explain;
mod file_gone;
mod history;
mod import;
mod import_forms;
mod import_order;
mod killed;
mod lists;
mod log;
mod login;
mod mirror;
mod mirroring;
mod names;
mod origins;
mod otlp;
mod output;
mod probe;
mod profiles;
mod proxies;
mod repair_order;
mod report;
mod screen;
mod secrets;
mod service_manager;
mod serving;
mod spreadsheets;
mod states;
mod tenant_keys;
mod warnings;
mod watch;
mod watch_since;
mod webhook;
