//! A private registry of crates on loopback: prints the address of its index, and runs until standard input ends.
//!
//! ```text
//! main ──> http ──> registry ──> publication
//! ```

mod http;
mod publication;
mod registry;

use std::{
    env,
    io::{self, Read, Write},
    process, thread,
};

use anyhow::{Context, Result};
use tokio::net::TcpListener;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let token = env::args().nth(1).context("expected the token of the registry")?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let origin = format!("http://{}", listener.local_addr()?);
    writeln!(io::stdout(), "sparse+{origin}/index/")?;
    // Whoever starts this program holds its standard input, so that it does not outlive them.
    thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        process::exit(0);
    });
    axum::serve(listener, http::router(origin, token)).await?;
    Ok(())
}
