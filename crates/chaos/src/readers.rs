//! Readers of changes at two servers on one PostgreSQL, while events arrive and servers are killed: `cargo xtask chaos --readers
//! 1000`. In the end, all must have the same list, with each event once.

use std::{
    collections::HashSet,
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io::{BufRead, BufReader, Write as _},
    net::{SocketAddr, TcpStream},
    path::Path,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use fastrand::Rng;
use serde::Deserialize;
use serde_json::{Value, json};
use test_support::postgres::make_folder;

use crate::{
    cluster::{self, Cluster},
    event::{BatchId, BatchSpec, TENANTS, events, rng},
    http::{Client, now, signed},
    server::{Server, ServerCommand},
    world::Setup,
};

const PATH: &str = "/history/v1/changes";
const TENANT: u64 = TENANTS[0];
/// For how long events are fed.
const FEEDING: Duration = Duration::from_secs(20);
/// A batch each 20 milliseconds: 1,000 events a second.
const BATCH_EVENTS: usize = 20;
const BATCH_INTERVAL: Duration = Duration::from_millis(20);
/// The time between two kills.
const KILL_INTERVAL: Duration = Duration::from_secs(3);
/// How long a call may take, and a line: lines come each 15 seconds.
const TIMEOUT: Duration = Duration::from_secs(60);
/// How long readers may take after the last event.
const READING: Duration = Duration::from_secs(600);
/// A thread of a reader needs little.
const STACK: usize = 256 * 1024;

/// What the threads share.
struct Shared {
    servers: [SocketAddr; 2],
    /// The number of events; not known before the last one is acknowledged.
    total: OnceLock<usize>,
    connections: AtomicUsize,
    deadline: OnceLock<Instant>,
}

/// A line, as far as a reader needs it.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    position: Option<&'a str>,
    event: Option<Identified<'a>>,
}

#[derive(Deserialize)]
struct Identified<'a> {
    #[serde(rename = "eventId")]
    id: &'a str,
}

/// What a reader has read: how many events, and the hash of all of them with their positions, in this order.
#[derive(Default)]
struct List {
    length: usize,
    hash: DefaultHasher,
    /// Only of the first reader.
    ids: Option<Vec<String>>,
}

/// Runs it in a folder of worlds, and prints the result. Returns whether all is right.
///
/// # Errors
/// If PostgreSQL or a server does not start, or a reader gets what it can't read.
pub fn run(setup: &Setup, worlds: &Path, readers: usize) -> Result<bool> {
    let programs = setup.postgres.as_deref().context("there is no PostgreSQL")?;
    let folder = worlds.join("readers");
    if folder.exists() {
        cluster::end_left(&folder)?;
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(worlds)?;
    make_folder(&folder)?;
    let mut cluster = Cluster::new("readers", &folder, programs)?;
    cluster.init()?;
    cluster.start()?;
    let command = |log: &str| ServerCommand {
        program: setup.command.clone(),
        database: cluster.url("postgres"),
        log: folder.join(log),
    };
    command("tenant.log").add_tenant(TENANT)?;
    let servers = [Server::new(command("server-0.log"))?, Server::new(command("server-1.log"))?];
    for server in &servers {
        server.start()?;
        server.wait_for_answer()?;
    }
    let began = Instant::now();
    let outcome = read_all(setup.seed, &servers, readers);
    drop(servers);
    let (lists, kills, connections) = outcome?;
    cluster.stop()?;
    fs::remove_dir_all(&folder)?;
    let first = lists.first().context("there are no readers")?;
    let equal = lists.iter().filter(|list| list.hash.finish() == first.hash.finish()).count();
    let ids = first.ids.as_deref().unwrap_or_default();
    let different = ids.iter().collect::<HashSet<_>>().len();
    println!(
        "{readers} readers of {} events, {kills} kills, {connections} connections, {:.0} s: {equal} lists are equal, {different} \
         events are different",
        first.length,
        began.elapsed().as_secs_f64(),
    );
    Ok(equal == readers && different == first.length && ids.len() == first.length)
}

/// Lets readers read while events are fed and servers killed. Returns their lists, and the numbers of kills and connections.
fn read_all(seed: u64, servers: &[Server; 2], readers: usize) -> Result<(Vec<List>, usize, usize)> {
    let page = Client::new(servers[0].address, TIMEOUT).ask(&signed(PATH, TENANT, now(), "{}"))?;
    let page: Value = serde_json::from_slice(&page.body)?;
    let start = page["data"]["position"].as_str().context("a page without a position")?.to_owned();
    let shared = Arc::new(Shared {
        servers: [servers[0].address, servers[1].address],
        total: OnceLock::new(),
        connections: AtomicUsize::new(0),
        deadline: OnceLock::new(),
    });
    let mut reading = Vec::new();
    for number in 0..readers {
        let (shared, start) = (Arc::clone(&shared), start.clone());
        let read = move || read(&shared, start, number, rng(&[seed, number as u64]));
        reading.push(thread::Builder::new().stack_size(STACK).spawn(read)?);
    }
    let kills = thread::scope(|scope| {
        let feeder = scope.spawn(|| feed(seed, &shared));
        let mut kills = 0;
        let mut next = Instant::now() + KILL_INTERVAL;
        while !feeder.is_finished() {
            if Instant::now() >= next {
                let server = &servers[kills % 2];
                server.kill();
                server.start()?;
                kills += 1;
                next = Instant::now() + KILL_INTERVAL;
            }
            thread::sleep(Duration::from_millis(10));
        }
        let total = feeder.join().map_err(|_| anyhow::anyhow!("the feeder failed"))??;
        let _ = shared.deadline.set(Instant::now() + READING);
        let _ = shared.total.set(total);
        anyhow::Ok(kills)
    })?;
    let mut lists = Vec::new();
    for reader in reading {
        lists.push(reader.join().map_err(|_| anyhow::anyhow!("a reader failed"))??);
    }
    Ok((lists, kills, shared.connections.load(Ordering::Relaxed)))
}

/// Feeds events, each batch until it is acknowledged. Returns how many.
fn feed(seed: u64, shared: &Shared) -> Result<usize> {
    let began = Instant::now();
    let mut batch: u32 = 0;
    while began.elapsed() < FEEDING {
        let id = BatchId { feeder: 0, batch: batch.into() };
        let spec = BatchSpec { id, tenant: TENANT, events: BATCH_EVENTS, time: now() };
        let body = json!(events(seed, &spec).iter().map(crate::event::Event::json).collect::<Vec<_>>()).to_string();
        for attempt in batch as usize.. {
            let request = signed("/ingest/v1/status-events", TENANT, now(), &body);
            let response = Client::new(shared.servers[attempt % 2], TIMEOUT).ask(&request);
            match response.map(|response| response.status) {
                Ok(200) => break,
                Ok(status @ 400..=499) => bail!("a batch got the status {status}"),
                Ok(_) | Err(_) => thread::sleep(Duration::from_millis(5)),
            }
        }
        batch += 1;
        thread::sleep((BATCH_INTERVAL * batch).saturating_sub(began.elapsed()));
    }
    Ok(batch as usize * BATCH_EVENTS)
}

/// Reads everything, in pieces: at any server, from the position of the piece before.
fn read(shared: &Shared, start: String, number: usize, mut rng: Rng) -> Result<List> {
    let mut list = List { ids: (number == 0).then(Vec::new), ..List::default() };
    let mut position = start;
    while shared.total.get() != Some(&list.length) {
        let is_late = shared.deadline.get().is_some_and(|deadline| Instant::now() > *deadline);
        ensure!(!is_late, "a reader has {} of {:?} events", list.length, shared.total.get());
        // Some stay for long, and some come back all the time.
        let most = if number.is_multiple_of(10) { usize::MAX } else { rng.usize(1..10_000) };
        let server = shared.servers[rng.usize(0..2)];
        if let Err(error) = read_some(shared, server, &mut position, most, &mut list)
            && error.downcast_ref::<std::io::Error>().is_none()
        {
            return Err(error);
        }
        thread::sleep(Duration::from_millis(rng.u64(1..100)));
    }
    Ok(list)
}

/// Reads lines behind a position, at most `most` events of them.
fn read_some(shared: &Shared, server: SocketAddr, position: &mut String, most: usize, list: &mut List) -> Result<()> {
    let mut stream = TcpStream::connect(server)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    shared.connections.fetch_add(1, Ordering::Relaxed);
    let request = signed(PATH, TENANT, now(), &json!({ "since": position }).to_string());
    // Of version 1.0, a response has no chunks.
    let request =
        String::from_utf8(request)?.replacen("HTTP/1.1\r\n", "HTTP/1.0\r\naccept: application/x-ndjson\r\n", 1);
    stream.write_all(request.as_bytes())?;
    let mut reader = BufReader::with_capacity(32 * 1024, stream);
    let mut line = Vec::new();
    next_line(&mut reader, &mut line)?;
    match line.get(9..12) {
        Some(b"200") => {}
        Some([b'5', ..]) | None => return Ok(()),
        Some(status) => bail!("a reader got the status {}", String::from_utf8_lossy(status)),
    }
    while line != b"\r\n" {
        if !next_line(&mut reader, &mut line)? {
            return Ok(());
        }
    }
    let last = list.length.saturating_add(most);
    while list.length < last && shared.total.get() != Some(&list.length) && next_line(&mut reader, &mut line)? {
        let read: Line<'_> = serde_json::from_slice(&line).context("a line that can't be read")?;
        ensure!(matches!(read.kind, "event" | "position" | "end"), "a reader got a line of type {}", read.kind);
        let Some(at) = read.position else { continue };
        if let Some(Identified { id }) = read.event {
            (at, id).hash(&mut list.hash);
            list.length += 1;
            if let Some(ids) = &mut list.ids {
                ids.push(id.to_owned());
            }
        }
        at.clone_into(position);
    }
    Ok(())
}

/// Reads a line. Returns false if there is none, or only a part of one.
fn next_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> Result<bool> {
    line.clear();
    reader.read_until(b'\n', line)?;
    Ok(line.ends_with(b"\n"))
}
