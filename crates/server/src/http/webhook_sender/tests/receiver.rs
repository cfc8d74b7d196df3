//! A receiver on this machine that reads one request of each connection and does what a test says.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use parking_lot::Mutex;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _},
    net::{TcpListener, TcpStream},
};

use super::BODY;

/// A receiver. It runs as long as the runtime of its test.
pub struct Receiver {
    pub port: u16,
    connections: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Receiver {
    /// Starts a receiver that reads each request and then calls `respond` with the connection.
    pub async fn start<F: Future<Output = ()> + Send>(
        respond: impl Fn(TcpStream) -> F + Clone + Send + Sync + 'static,
    ) -> Self {
        let requests = Arc::new(Mutex::new(Vec::new()));
        let read = Arc::clone(&requests);
        let receiver = Self::accept(move |mut stream| {
            let (respond, read) = (respond.clone(), Arc::clone(&read));
            async move {
                let request = read_request(&mut stream).await;
                read.lock().push(request);
                respond(stream).await;
            }
        });
        Self { requests, ..receiver.await }
    }

    /// Starts a receiver that calls `handle` with each connection.
    pub async fn accept<F: Future<Output = ()> + Send>(
        handle: impl Fn(TcpStream) -> F + Clone + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                count.fetch_add(1, Ordering::SeqCst);
                let handle = handle.clone();
                tokio::spawn(async move { handle(stream).await });
            }
        });
        Self { port, connections, requests: Arc::default() }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hooks?a=b", self.port)
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().clone()
    }
}

/// Reads a request with the body of the tests.
pub async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut request = Vec::new();
    while !request.ends_with(BODY.as_bytes()) {
        if stream.read_buf(&mut request).await.unwrap() == 0 {
            break;
        }
    }
    String::from_utf8(request).unwrap()
}
