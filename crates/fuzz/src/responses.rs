//! Responses that the client decodes.

use std::cell::RefCell;

use group_dispatch_client::{Client, Credentials, RateLimit, RetryPolicy};
use group_dispatch_types::{Source, WhatsAppNumber};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    runtime::{Builder, Runtime},
};

/// A client and the service that it queries, which responds with any bytes.
struct Pair {
    runtime: Runtime,
    listener: TcpListener,
    client: Client,
}

impl Pair {
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let client = Client::builder().base_url(url).credentials(Credentials::new(1, "key"));
        let client = client.rate_limit(RateLimit::Unlimited).retry(RetryPolicy::never()).build().unwrap();
        Self { runtime, listener, client }
    }

    /// Sends a query, which is responded to with a body.
    fn query(&self, which: u8, status: &str, body: &[u8]) {
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let respond = async {
            let (mut connection, _) = self.listener.accept().await.unwrap();
            receive(&mut connection).await;
            let _ = connection.write_all(&[head.as_bytes(), body].concat()).await;
        };
        let query = async {
            match which {
                0 => drop(self.client.online_agents(Source::Pc).await),
                1 => drop(self.client.all_online().await),
                2 => drop(self.client.account_location(WhatsAppNumber::MAX).await),
                3 => drop(self.client.status_log(Source::Pc).await),
                4 => drop(self.client.recent_accounts(Source::Pc).await),
                _ => drop(self.client.feed(Vec::new()).await),
            }
        };
        self.runtime.block_on(async { tokio::join!(respond, query) });
    }
}

/// Reads a request to its end.
async fn receive(connection: &mut TcpStream) {
    let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let read = connection.read(&mut buffer).await.unwrap_or(0);
        if read == 0 {
            return;
        }
        request.extend_from_slice(buffer.get(..read).unwrap_or_default());
        let Some(head) = request.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(request.get(..head).unwrap_or_default()).to_ascii_lowercase();
        let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok());
        if request.len() >= head + 4 + length.unwrap_or(0) {
            return;
        }
    }
}

/// One byte for the query and the HTTP status, and the body.
pub fn response(bytes: &[u8]) {
    let [which, body @ ..] = bytes else { return };
    let status = ["200 OK", "400 Bad Request", "500 Internal Server Error", "503 Service Unavailable"];
    thread_local! {
        static PAIR: RefCell<Option<Pair>> = const { RefCell::new(None) };
    }
    PAIR.with_borrow_mut(|pair| {
        let pair = pair.get_or_insert_with(Pair::new);
        pair.query(which % 6, status[usize::from(which >> 6)], body);
    });
}
