//! The mirror of the demo: a simulated vendor, and what the server knows of it after the first look.

use std::future::pending;

use anyhow::Context;
use group_dispatch_client::{Client, Credentials};
use group_dispatch_mirror::{Driver, Progress, Settings};
use group_dispatch_server::store::{LocalStore, Store};
use group_dispatch_simulated_vendor::{Faults, Scenario, Vendor, http};
use group_dispatch_types::{UtcOffset, history::HistoryOrder};
use tokio::{net::TcpListener, task::JoinSet};

use super::{
    tables::{MAX_ROWS, print_table},
    vendor,
};
use crate::{
    commands::{history::events, mirror::status, tenant::generate_key},
    output::clock::Clock,
    terminal,
};

/// The tenant of the simulated vendor.
const TENANT: u64 = 2;
/// The history of the simulated vendor follows from it.
const SEED: u64 = 7;

/// Mirrors a simulated vendor into a store, as long as this is kept.
pub struct DemoMirror {
    /// The vendor and the mirror.
    _tasks: JoinSet<()>,
    pub credentials: Credentials,
}

impl DemoMirror {
    /// Starts the vendor and its mirror, and returns when the mirror has looked at each source.
    pub async fn start(store: &Store) -> anyhow::Result<Self> {
        let scenario = Scenario { faults: Faults::NONE, ..vendor::running(SEED)? };
        let credentials = Credentials::new(TENANT, generate_key());
        store.add_tenant(credentials.tenant_id(), credentials.api_key().clone()).await?;
        let listener = TcpListener::bind("127.0.0.1:0").await.context("cannot listen on this machine")?;
        let url = format!("http://{}", listener.local_addr()?);
        let mut tasks = JoinSet::new();
        tasks.spawn(http::serve(listener, Vendor::new(scenario), credentials.clone(), pending()));
        let client = Client::builder().base_url(url).credentials(credentials.clone()).build()?;
        let local = LocalStore::new(store.clone(), credentials.tenant_id());
        let driver = Driver::new(client, local, Settings::default());
        let mut progress = driver.progress();
        tasks.spawn(async { match driver.run().await {} });
        let has_looked = |progress: &Progress| progress.looks.len() == 3;
        progress.wait_for(has_looked).await.context("the mirror ended")?;
        Ok(Self { _tasks: tasks, credentials })
    }

    /// Prints how up to date the server is, and the latest events with how each is known.
    pub async fn show(&self, client: &Client) -> anyhow::Result<()> {
        terminal::print_line(format_args!(
            "\nA simulated vendor is polled by a mirror in the server, into tenant {TENANT}. The vendor forgets all but the last 50 \
             records;\nthe server keeps them, and says how it knows each."
        ))?;
        let clock = Clock::local(UtcOffset::VENDOR);
        let rows = status::to_rows(client, &clock).await?;
        print_table("How up to date is the mirror?", "mirror status", rows)?;
        let page = client.history().order(HistoryOrder::NewestFirst).limit(u32::try_from(MAX_ROWS)?).await?;
        let rows = events::to_rows(&page.events, &clock);
        print_table("What happened last, and how is that known?", "history --limit 12", rows)
    }
}
