//! The subcommands, each in the module with its name: its arguments, its help text and its code.
//!
//! [`query`] has what the queries share. Used by the command line and `main`.

mod account;
mod all;
pub mod completions;
mod demo;
mod doctor;
mod event;
mod explain;
mod history;
mod import;
mod log;
mod login;
mod logout;
mod man;
mod mirror;
mod online;
mod probe;
mod profile;
mod query;
mod recent;
mod repair_order;
mod report;
mod serve;
mod tenant;
mod watch;
mod webhook;

use std::process::ExitCode;

use clap::Subcommand;

/// A subcommand with its arguments, in the order of `--help`.
#[derive(Subcommand)]
pub enum Command {
    Demo(demo::Demo),
    Serve(serve::Serve),
    #[command(subcommand)]
    Tenant(tenant::Tenant),
    #[command(subcommand)]
    Webhook(webhook::Webhook),
    Import(import::Import),
    #[command(subcommand)]
    Event(event::Event),
    RepairOrder(repair_order::RepairOrder),
    Online(online::Online),
    All(all::All),
    Account(account::Account),
    Log(log::Log),
    History(history::History),
    Report(report::Report),
    Recent(recent::Recent),
    Watch(watch::Watch),
    Mirror(mirror::Mirror),
    Doctor(doctor::Doctor),
    Explain(explain::Explain),
    Probe(probe::Probe),
    Login(login::Login),
    Logout(logout::Logout),
    #[command(subcommand)]
    Profile(profile::Profile),
    Completions(completions::Completions),
    Man(man::Man),
}

impl Command {
    /// Runs the subcommand. `parser` returns the definition of the command line, which `man` prints.
    pub async fn run(self, parser: fn() -> clap::Command) -> anyhow::Result<ExitCode> {
        match self {
            Self::Demo(demo) => demo::run(&demo).await?,
            Self::Serve(serve) => return serve::run(&serve).await,
            Self::Tenant(tenant) => tenant::run(&tenant).await?,
            Self::Webhook(webhook) => webhook::run(&webhook).await?,
            Self::Import(import) => return import::run(&import).await,
            Self::Event(event) => event::run(&event).await?,
            Self::RepairOrder(repair) => repair_order::run(&repair).await?,
            Self::Online(online) => return query::run(&online).await,
            Self::All(all) => return query::run(&all).await,
            Self::Account(account) => return query::run(&account).await,
            Self::Log(log) => return query::run(&log).await,
            Self::History(history) => return history::run(&history).await,
            Self::Report(report) => return report::run(&report).await,
            Self::Recent(recent) => return query::run(&recent).await,
            Self::Watch(watch) => watch::run(&watch).await?,
            Self::Mirror(mirror) => return mirror::run(&mirror).await,
            Self::Doctor(doctor) => doctor::run(&doctor).await?,
            Self::Explain(explain) => explain::run(&explain)?,
            Self::Probe(probe) => probe::run(&probe).await?,
            Self::Login(login) => login::run(&login).await?,
            Self::Logout(logout) => logout::run(&logout)?,
            Self::Profile(profile) => profile::run(&profile)?,
            Self::Completions(completions) => completions::run(&completions)?,
            Self::Man(man) => man::run(&man, parser())?,
        }
        Ok(ExitCode::SUCCESS)
    }
}
