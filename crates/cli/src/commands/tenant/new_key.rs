//! A key that a command adds to a tenant: given, or generated and printed once.

use anyhow::bail;
use clap::Args;
use group_dispatch_client::ApiKey;
use uuid::Uuid;

use crate::{
    api_key,
    terminal::{self, StdoutClosed},
    usage_error::UsageError,
};

/// The key that a command adds.
#[derive(Args)]
pub struct KeyArguments {
    /// The API key that the tenant signs requests with. Default: a generated key. Other users of this machine can see it
    /// in the list of processes and in the shell's history; --api-key-stdin is safer.
    #[arg(long, value_name = "KEY")]
    api_key: Option<String>,
    /// Read the key from the first line of standard input; on a terminal, prompt for it.
    #[arg(long, conflicts_with = "api_key")]
    api_key_stdin: bool,
}

impl KeyArguments {
    /// Returns the key that was given, or `None` if one is to be generated.
    pub fn read(&self) -> anyhow::Result<Option<ApiKey>> {
        match &self.api_key {
            _ if self.api_key_stdin => api_key::read_from_stdin().map(Some),
            Some(text) if api_key::parse(text).is_some() => Ok(Some(ApiKey::new(text.clone()))),
            Some(_) => {
                Err(UsageError::new("the key given by --api-key is empty; omit the flag to generate a key").into())
            }
            None => Ok(None),
        }
    }
}

/// Generates a key with 122 random bits.
pub fn generate_key() -> String {
    Uuid::new_v4().simple().to_string()
}

/// Prints a generated key alone on standard output, for scripts, and the message on standard error. `remedy` is for a key
/// that can't be printed.
pub fn print_key(message: &str, key: &ApiKey, remedy: &str) -> anyhow::Result<()> {
    terminal::print_error_line(&format!("{message}; its API key, which is not shown again:"));
    match terminal::print_line(key.expose()) {
        Err(error) if error.is::<StdoutClosed>() => {
            bail!("the key was not printed, because standard output is closed; {remedy}")
        }
        result => result,
    }
}
