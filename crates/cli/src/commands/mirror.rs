//! `group-dispatch mirror`: what concerns a mirror of the vendor, a program that stores what the vendor forgets.

pub mod status;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::usage_error::UsageError;

const EXAMPLES: &str = "\
Examples:
  group-dispatch mirror status
  group-dispatch mirror status --max-age 2m";

/// Show how up to date a mirror of the vendor is.
///
/// A mirror looks every few seconds who is online, and stores in a group-dispatch-server what changed, with the records of
/// the vendor's log.
#[derive(Args)]
#[command(after_long_help = EXAMPLES, args_conflicts_with_subcommands = true, arg_required_else_help = true)]
pub struct Mirror {
    #[command(subcommand)]
    pub command: Option<MirrorCommand>,
}

#[derive(Subcommand)]
pub enum MirrorCommand {
    Status(status::Status),
}

pub async fn run(mirror: &Mirror) -> anyhow::Result<ExitCode> {
    match &mirror.command {
        Some(MirrorCommand::Status(status)) => status::run(status).await,
        None => Err(UsageError::new("expected a subcommand: `group-dispatch mirror status`").into()),
    }
}
