//! Where the appSecret of the vendor's callbacks is, for `serve --mirror` and `mirror`.

use std::{fs, io, path::PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use group_dispatch_client::ApiKey;

use crate::{api_key, redact};

/// Receives the callbacks of the vendor.
#[derive(Args)]
pub struct CallbackArguments {
    /// Receive the vendor's callbacks at `/callback/v1/vendor`, and check them with the appSecret in this file. Each makes the
    /// mirror ask the vendor at once; its body is kept for `tenant callbacks`.
    #[arg(long, env = "GROUP_DISPATCH_CALLBACK_SECRET_FILE", value_name = "FILE")]
    pub callback_secret_file: Option<PathBuf>,
}

impl CallbackArguments {
    /// Returns the appSecret.
    ///
    /// # Errors
    /// If the file can't be read, or has no secret.
    pub fn read(&self) -> anyhow::Result<Option<ApiKey>> {
        let Some(path) = &self.callback_secret_file else { return Ok(None) };
        let shown = redact::path(path);
        let text = match fs::read_to_string(path) {
            Err(error) if error.kind() == io::ErrorKind::InvalidData => bail!("{shown}: expected text"),
            text => text.with_context(|| format!("cannot read the appSecret in {shown}"))?,
        };
        match api_key::parse(text.lines().next().unwrap_or_default()) {
            Some(secret) => Ok(Some(secret)),
            None => bail!("{shown}: expected the appSecret on the first line"),
        }
    }
}
