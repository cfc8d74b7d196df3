//! A TCP proxy before a server of changes that cuts its connections, each at a place that is known.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    task::JoinSet,
};

/// What happens to a connection.
#[derive(Clone, Copy, Debug)]
pub enum Cut {
    /// It is closed as soon as it is accepted.
    Refused,
    /// Its request gets the status 503.
    Unavailable,
    /// It breaks in the block after this many, at this place.
    After(usize, Place),
}

#[derive(Clone, Copy, Debug)]
pub enum Place {
    Data,
    /// In the id, or in a line of JSON near its end.
    Id,
    /// Before the last line feed: behind the whole id, or the whole JSON.
    LastLineFeed,
    /// Behind the block.
    End,
}

impl Place {
    fn of(self, block: &[u8]) -> usize {
        let id = find(block, b"\nid: ").map_or(block.len() - 4, |at| at + b"\nid: 1".len());
        match self {
            Self::Data => block.len() / 2,
            Self::Id => id,
            Self::LastLineFeed => block.len() - 1,
            Self::End => block.len(),
        }
    }
}

#[derive(Debug)]
struct Shared {
    server: String,
    cuts: VecDeque<Cut>,
}

pub struct Cutter {
    pub url: String,
    shared: Arc<Mutex<Shared>>,
    _tasks: JoinSet<()>,
}

impl Cutter {
    /// Starts one before the server at `url`. Its first connections get the cuts, and the later ones none.
    pub async fn new(url: &str, cuts: impl IntoIterator<Item = Cut>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Shared { server: host(url), cuts: cuts.into_iter().collect() };
        let shared = Arc::new(Mutex::new(shared));
        let mut tasks = JoinSet::new();
        tasks.spawn({
            let shared = Arc::clone(&shared);
            async move {
                let mut connections = JoinSet::new();
                while let Ok((client, _)) = listener.accept().await {
                    let (server, cut) = {
                        let mut shared = shared.lock().unwrap();
                        (shared.server.clone(), shared.cuts.pop_front())
                    };
                    connections.spawn(connect(client, server, cut));
                }
            }
        });
        Self { url: format!("http://{address}"), shared, _tasks: tasks }
    }

    /// The cuts that no connection has had.
    pub fn left(&self) -> usize {
        self.shared.lock().unwrap().cuts.len()
    }

    /// Connects what comes now to another server.
    pub fn turn_to(&self, url: &str) {
        self.shared.lock().unwrap().server = host(url);
    }
}

fn host(url: &str) -> String {
    url.strip_prefix("http://").unwrap().to_owned()
}

async fn connect(mut client: TcpStream, server: String, cut: Option<Cut>) {
    match cut {
        Some(Cut::Refused) => return,
        Some(Cut::Unavailable) => {
            // Not before the request is there: a client may not expect a response yet.
            let _ = client.read(&mut [0; 4096]).await;
            let response =
                b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            let _ = client.write_all(response).await;
            return;
        }
        None | Some(Cut::After(..)) => {}
    }
    let Ok(server) = TcpStream::connect(server).await else { return };
    client.set_nodelay(true).unwrap();
    let (mut client_read, client_write) = client.into_split();
    let (server_read, mut server_write) = server.into_split();
    tokio::select! {
        _ = copy(&mut client_read, &mut server_write) => {}
        () = forward(server_read, client_write, cut) => {}
    }
}

/// Passes a response on, up to where it is cut.
async fn forward(mut server: OwnedReadHalf, mut client: OwnedWriteHalf, cut: Option<Cut>) {
    let (mut buffer, mut blocks, mut is_events) = (Vec::new(), 0, true);
    loop {
        while let Some((end, is_block)) = next_piece(&buffer, is_events) {
            let mut piece: Vec<u8> = buffer.drain(..end).collect();
            is_events &= find(&piece, b"application/x-ndjson").is_none();
            // The same number of bytes; a test does not wait for two seconds at each cut.
            if let Some(at) = find(&piece, b"retry: 2000\n") {
                piece[at + 7..at + 11].copy_from_slice(b"0050");
            }
            let is_cut = matches!(cut, Some(Cut::After(after, _)) if is_block && blocks == after);
            if let (true, Some(Cut::After(_, place))) = (is_cut, cut) {
                piece.truncate(place.of(&piece));
            }
            if client.write_all(&piece).await.is_err() || is_cut {
                return;
            }
            blocks += usize::from(is_block);
        }
        if matches!(server.read_buf(&mut buffer).await, Ok(0) | Err(_)) {
            let _ = client.write_all(&buffer).await;
            return;
        }
    }
}

/// Where the first piece ends, and whether it is a block: a line of JSON, or one of Server-Sent Events. Heads, and what frames
/// chunks, are other pieces.
fn next_piece(buffer: &[u8], is_events: bool) -> Option<(usize, bool)> {
    // What ends a chunk comes with it: urllib3 returns the last byte of a chunk when it has that.
    if buffer.starts_with(b"\r\n") {
        return Some((2, false));
    }
    let end_of_block: &[u8] = if is_events { b"\n\n" } else { b"}\n" };
    let block = find(buffer, end_of_block).map(|at| (at + end_of_block.len(), true));
    let other = find(buffer, b"\r\n\r\n").map(|at| (at + 4, false));
    block.into_iter().chain(other).min()
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}
