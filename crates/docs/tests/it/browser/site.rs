//! Where the pages come from: files on a disk, any web server, and the server itself with a tenant and events.

use std::{fs, path::Path};

use axum::Router;
use group_dispatch_docs::{File, Place, site};
use group_dispatch_server::{
    Config, Credentials,
    event::StatusEvent,
    store::{Database, Store, StoreOptions},
};
use group_dispatch_types::UtcOffset;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tower_http::services::ServeDir;

/// Letters and digits alone: such a key looks the same in an address, a header and a body.
const KEY: &str = "KeyThatNobodyMaySee4711";

/// The names of all pages; of those on errors, which have one template, one with a code and one without.
pub fn pages() -> Vec<String> {
    let is_shown = |path: &str| !path.starts_with("error-") || ["error-522.html", "error-timeout.html"].contains(&path);
    let files = site(Place::Published).unwrap().into_iter();
    let pages: Vec<_> = files.map(|file| file.path).filter(|path| path.ends_with(".html") && is_shown(path)).collect();
    assert!(pages.len() > 1, "the site has pages");
    pages
}

/// The site as files.
pub fn written() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for File { path, bytes } in site(Place::Published).unwrap() {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

/// A web server that knows nothing of the pages but their files, and serves them under `/some/where/`.
pub async fn serve_files(folder: &Path) -> String {
    let router = Router::new().nest_service("/some/where", ServeDir::new(folder));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let home = format!("http://{}/some/where/", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, router).into_future());
    home
}

/// The server, where one agent is online with one account at the mobile client.
pub struct Server {
    pub url: String,
    pub credentials: Credentials,
    _folder: TempDir,
}

impl Server {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::Sqlite(folder.path().join("store.db"));
        let store = Store::open(&database, StoreOptions::default()).await.unwrap();
        let credentials = Credentials::new(500_766, KEY);
        assert!(store.add_tenant(credentials.tenant_id(), credentials.api_key().clone()).await.unwrap());
        let online = br#"{"userId": 12, "agentAccount": "online-agent", "userName": "u1", "whatsApp": "861821371272",
            "name": "jack", "source": 2, "status": 10, "detailStatus": 11, "createTime": "2024-07-08 19:25:31"}"#;
        let event = StatusEvent::from_json(online, UtcOffset::VENDOR).unwrap();
        store.append(credentials.tenant_id(), vec![event]).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(group_dispatch_server::serve(listener, store, Config::default(), std::future::pending()));
        Self { url, credentials, _folder: folder }
    }

    /// The address of the docs.
    pub fn home(&self) -> String {
        format!("{}/docs/", self.url)
    }
}
