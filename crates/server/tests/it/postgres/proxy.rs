//! A TCP proxy before a PostgreSQL, whose connections can be frozen: they stay open, and nothing gets through.
#![allow(dead_code)]

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, UnixStream},
    sync::watch,
    task::JoinSet,
};

pub struct Proxy {
    port: u16,
    accepted: Arc<AtomicU64>,
    /// Connections with a number below this are frozen.
    frozen: watch::Sender<u64>,
    _tasks: JoinSet<()>,
}

impl Proxy {
    /// Starts one before the socket of a server.
    pub async fn new(socket: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, accepted) = (listener.local_addr().unwrap().port(), Arc::new(AtomicU64::new(0)));
        let (frozen, watched) = watch::channel(0);
        let mut tasks = JoinSet::new();
        tasks.spawn({
            let accepted = Arc::clone(&accepted);
            async move {
                let mut connections = JoinSet::new();
                while let Ok((client, _)) = listener.accept().await {
                    let number = accepted.fetch_add(1, Ordering::SeqCst);
                    let Ok(server) = UnixStream::connect(&socket).await else { continue };
                    let (client_read, client_write) = client.into_split();
                    let (server_read, server_write) = server.into_split();
                    connections.spawn(forward(client_read, server_write, number, watched.clone()));
                    connections.spawn(forward(server_read, client_write, number, watched.clone()));
                }
            }
        });
        Self { port, accepted, frozen, _tasks: tasks }
    }

    /// The host and port of its address.
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Freezes the connections that are open. Later ones work.
    pub fn freeze_open(&self) {
        self.frozen.send_replace(self.accepted.load(Ordering::SeqCst));
    }

    /// Freezes the open connections and all later ones, which are accepted.
    pub fn freeze(&self) {
        self.frozen.send_replace(u64::MAX);
    }

    pub fn thaw(&self) {
        self.frozen.send_replace(0);
    }
}

/// Forwards one direction of a connection while it is not frozen.
async fn forward(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    number: u64,
    mut frozen: watch::Receiver<u64>,
) {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = from.read(&mut buffer).await.unwrap_or(0);
        if frozen.wait_for(|below| number >= *below).await.is_err() || read == 0 {
            to.shutdown().await.ok();
            return;
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}
