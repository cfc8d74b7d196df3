//! Checks once a minute until it is stopped.

use std::{path::Path, time::Duration};

use ban_alert::{Alerted, BanAlert};
use group_dispatch_client::{Client, Source, reqwest};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "alerted-bans.txt".to_owned());
    let mut alert = BanAlert {
        client: Client::from_env()?,
        sources: Source::ALL.to_vec(),
        http: reqwest::Client::builder().timeout(Duration::from_secs(30)).build()?,
        webhook: std::env::var("WEBHOOK_URL")?,
        alerted: Alerted::open(Path::new(&path))?,
        waiting: Vec::new(),
    };
    let mut checks = ban_alert::checks();
    loop {
        checks.tick().await;
        match alert.check().await {
            Ok(0) => {}
            Ok(count) => println!("new bans: {count}"),
            Err(error) => eprintln!("{error:#}; trying again in a minute"),
        }
    }
}
