//! The proxy that the command uses, and errors of proxies, with a real proxy on this machine.
#![cfg(unix)]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{IpAddr, TcpListener, TcpStream, ToSocketAddrs, UdpSocket},
    process::{Command, Stdio},
    sync::{Arc, Mutex},
    thread,
};

use crate::common::{PROXY_VARIABLES, RunResult, TestStore, closed_port::ClosedPort, command, run, signal, to_result};

const PASSWORD: &str = "kept-to-oneself";
const SERVICE: &str = "http://service.invalid";

/// A proxy that sends the same response to each request, and records the heads of requests.
struct Proxy {
    address: String,
    came: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    fn start(answer: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Self { address: listener.local_addr().unwrap().to_string(), came: Arc::default() };
        let came = Arc::clone(&proxy.came);
        thread::spawn(move || {
            for connection in listener.incoming() {
                let _ = Self::answer(connection.unwrap(), answer, &came);
            }
        });
        proxy
    }

    fn answer(connection: TcpStream, answer: &str, came: &Mutex<Vec<String>>) -> std::io::Result<()> {
        let mut head = String::new();
        let mut reader = BufReader::new(&connection);
        while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head)? > 0 {}
        let lower = head.to_lowercase();
        let length = lower.split_once("content-length: ").and_then(|(_, rest)| rest.lines().next()?.parse().ok());
        came.lock().unwrap().push(head);
        reader.read_exact(&mut vec![0; length.unwrap_or_default()])?;
        let length = answer.split_once("\r\n\r\n").unwrap().1.len();
        (&connection).write_all(answer.replace("LENGTH", &length.to_string()).as_bytes())
    }

    fn url(&self) -> String {
        format!("http://me:{PASSWORD}@{}", self.address)
    }

    fn came(&self) -> Vec<String> {
        self.came.lock().unwrap().clone()
    }
}

fn dead() -> (TcpListener, String) {
    // The listener keeps the port, so that no other process can take it.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (listener, address)
}

/// Sets every proxy variable, in both spellings, except those that exclude hosts.
fn by_proxy<'a>(command: &'a mut Command, url: &str) -> &'a mut Command {
    command
        .envs(PROXY_VARIABLES.into_iter().filter(|name| !name.eq_ignore_ascii_case("no_proxy")).map(|name| (name, url)))
}

/// Sends a query to a service that only a proxy can reach.
fn question(url: &str, variables: &[(&str, &str)]) -> RunResult {
    let mut command = command();
    command.args(["all", "--url", url, "--tenant-id", "7"]).env("GROUP_DISPATCH_API_KEY", "k");
    let result = run(command.envs(variables.iter().copied()));
    assert!(!format!("{}{}", result.out, result.err).contains(PASSWORD), "{}", result.err);
    result
}

#[test]
fn the_demo_needs_no_proxy() {
    let proxy = Proxy::start("HTTP/1.1 502 Bad Gateway\r\ncontent-length: LENGTH\r\n\r\nno");
    let closed = ClosedPort::new();
    for url in [closed.url(), proxy.url(), "socks://no-such-scheme".to_owned()] {
        let demo = run(by_proxy(command().args(["demo", "--once"]), &url));
        assert_eq!(demo.status, 0, "{url}: {}", demo.err);
        assert!(demo.out.contains("queryAllOlWhatsAppInfo"), "{}", demo.out);
    }
    assert_eq!(proxy.came(), [""; 0]);
}

#[test]
fn requests_to_this_machine_use_no_proxy() {
    let proxy = Proxy::start("HTTP/1.1 502 Bad Gateway\r\ncontent-length: LENGTH\r\n\r\nno");
    let (collector, at) = dead();
    let store = TestStore::new();
    let mut serve = store.command(&["serve", "--listen", "127.0.0.1:0", "--otlp", &format!("http://{at}")]);
    let mut server = TestStore::serve_by(by_proxy(&mut serve, &proxy.url()).env("OTEL_EXPORTER_OTLP_TIMEOUT", "1"));
    let port = server.url.rsplit_once(':').unwrap().1.to_owned();
    for host in ["127.0.0.1", "localhost", "127.1", "0.0.0.0", "LOCALHOST"] {
        let url = format!("http://{host}:{port}");
        for arguments in [&["all"][..], &["doctor"]] {
            let asked = run(by_proxy(server.command(arguments).env("GROUP_DISPATCH_URL", &url), &proxy.url()));
            assert_eq!(asked.status, 0, "{arguments:?} {url}: {}{}", asked.out, asked.err);
        }
    }
    // The error names the closed port, not a proxy.
    let asked = server.command(&["all"]);
    let mut asked = asked;
    let asked = run(by_proxy(asked.env("GROUP_DISPATCH_URL", format!("http://[::1]:{port}")), &proxy.url()));
    assert!(asked.err.contains("nothing listens at http://[::1]"), "{}", asked.err);
    assert!(!asked.err.contains("proxy"), "{}", asked.err);

    let folder = tempfile::tempdir().unwrap();
    let mut login = command();
    login.args(["login", "--url", &server.url, "--tenant-id", "7", "--api-key-stdin"]);
    login.env("XDG_CONFIG_HOME", folder.path()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = by_proxy(&mut login, &proxy.url()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"k\n").unwrap();
    let login = to_result(child.wait_with_output().unwrap());
    assert_eq!(login.status, 0, "{}", login.err);

    // When the server stops, it sends its spans directly to the collector.
    signal(&server.child, "TERM");
    let (mut spans, _) = collector.accept().unwrap();
    let mut head = [0; 5];
    spans.read_exact(&mut head).unwrap();
    assert_eq!(&head, b"POST ");
    drop(spans);
    drop(collector);
    server.child.wait().unwrap();
    assert_eq!(proxy.came(), [""; 0]);
}

/// Returns the address of an interface that is not loopback. A machine without a network has none.
fn address_of_an_interface() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
    socket.connect("203.0.113.1:9").ok()?;
    Some(socket.local_addr().unwrap().ip())
}

#[test]
fn interface_addresses_and_the_hostname_use_no_proxy() {
    let proxy = Proxy::start("HTTP/1.1 502 Bad Gateway\r\ncontent-length: LENGTH\r\n\r\nno");
    let store = TestStore::new();
    let server = TestStore::serve_by(&mut store.command(&["serve", "--listen", "0.0.0.0:0"]));
    let port = server.url.rsplit_once(':').unwrap().1.to_owned();
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default().trim().to_owned();
    // Not every machine can resolve its own name.
    let name = Some(name).filter(|name| (name.as_str(), 9).to_socket_addrs().is_ok());
    let hosts: Vec<String> =
        address_of_an_interface().map(|address| address.to_string()).into_iter().chain(name).collect();
    if hosts.is_empty() {
        eprintln!("skipped: this machine has neither an interface with an address nor a name that leads to it");
    }
    for host in hosts {
        let url = format!("http://{host}:{port}");
        for arguments in [&["all"][..], &["doctor"]] {
            let asked = run(by_proxy(server.command(arguments).env("GROUP_DISPATCH_URL", &url), &proxy.url()));
            assert_eq!(asked.status, 0, "{arguments:?} {url}: {}{}", asked.out, asked.err);
        }
    }
    assert_eq!(proxy.came(), [""; 0]);
}

#[test]
fn an_error_of_a_proxy_names_the_proxy() {
    let proxy = Proxy::start("HTTP/1.1 403 Forbidden\r\ncontent-length: LENGTH\r\n\r\n<h1>Access denied</h1>");
    for (url, variable) in [(SERVICE, "http_proxy"), (SERVICE, "HTTP_PROXY"), ("http://192.0.2.1", "all_proxy")] {
        let before = proxy.came().len();
        let asked = question(url, &[(variable, &proxy.url())]);
        let came = proxy.came().split_off(before);
        assert_eq!(came.len(), 1, "{url} {variable}");
        assert!(came[0].starts_with(&format!("POST {url}/group-dispatch-api/user/")), "{}", came[0]);
        let named = format!("the proxy http://{} ({variable})", proxy.address);
        assert!(asked.status == 1 && asked.err.contains(&named), "{}", asked.err);
        assert!(asked.err.contains("Access denied"), "{}", asked.err);
    }
    // With the host excluded, the proxy is not used.
    for list in ["*", "192.0.2.0/24,service.invalid", "192.0.2.1 .invalid"] {
        for url in [SERVICE, "http://192.0.2.1"] {
            let before = proxy.came().len();
            let mut excluded = command();
            excluded
                .args(["all", "--url", url, "--tenant-id", "7", "--timeout", "1ms"])
                .env("GROUP_DISPATCH_API_KEY", "k");
            let asked = run(excluded.env("http_proxy", proxy.url()).env("NO_PROXY", list));
            assert!(asked.status == 1 && !asked.err.contains("proxy"), "{}", asked.err);
            assert_eq!(proxy.came().len(), before, "{url} {list}");
        }
    }
}

#[test]
fn a_proxy_that_requires_a_password_is_not_retried() {
    let proxy = Proxy::start("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: LENGTH\r\n\r\nno");
    for (url, variable) in [(SERVICE, "HTTP_PROXY"), ("https://service.invalid", "https_proxy")] {
        let before = proxy.came().len();
        let asked = question(url, &[(variable, &proxy.url())]);
        assert_eq!(proxy.came().len(), before + 1, "{url}: {}", asked.err);
        let named = format!("the proxy http://{} ({variable}) requires a user and password", proxy.address);
        assert!(asked.status == 1 && asked.err.contains(&named) && asked.err.contains("407"), "{}", asked.err);
    }
    let came = proxy.came();
    assert!(came[0].to_lowercase().contains("proxy-authorization: basic "), "{came:?}");
    assert!(came[1].starts_with("CONNECT service.invalid:443 "), "{came:?}");
}

#[test]
fn an_unreachable_proxy_is_named() {
    let closed = ClosedPort::new();
    let address = closed.address();
    for (url, variable, scheme) in [
        (SERVICE, "http_proxy", "http"),
        ("https://service.invalid", "HTTPS_PROXY", "http"),
        (SERVICE, "ALL_PROXY", "socks5h"),
    ] {
        let asked = question(url, &[(variable, &format!("{scheme}://me:{PASSWORD}@{address}"))]);
        let named = format!("can't connect to the proxy {scheme}://{address} ({variable})");
        assert!(asked.status == 1 && asked.err.contains(&named), "{}", asked.err);
        assert!(asked.err.contains("NO_PROXY"), "{}", asked.err);
    }
    let refusing = Proxy::start("HTTP/1.1 502 Bad Gateway\r\ncontent-length: LENGTH\r\n\r\nno");
    let asked = question("https://service.invalid", &[("https_proxy", &refusing.url())]);
    let named = format!(
        "the proxy http://{} (https_proxy) refused to connect to the service, which it forbids",
        refusing.address
    );
    assert!(asked.status == 1 && asked.err.contains(&named), "{}", asked.err);
}

#[test]
fn an_unsupported_proxy_scheme_is_named() {
    let asked = question(SERVICE, &[("all_proxy", &format!("socks://me:{PASSWORD}@proxy.invalid"))]);
    assert!(asked.status == 1 && asked.err.contains("all_proxy names a proxy of the scheme `socks`"), "{}", asked.err);
}

/// Starts a SOCKS5 proxy that reports the requested address, and connects to `target` instead.
fn socks(target: String) -> (String, std::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (sender, asked) = std::sync::mpsc::channel();
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut client = connection.unwrap();
            let mut head = [0; 2];
            client.read_exact(&mut head).unwrap();
            client.read_exact(&mut vec![0; head[1].into()]).unwrap();
            client.write_all(&[5, 0]).unwrap();
            // Version, command, reserved, address type (name) and the length of the name.
            let mut request = [0; 5];
            client.read_exact(&mut request).unwrap();
            assert_eq!(request[..4], [5, 1, 0, 3], "socks5h leaves names to the proxy");
            let mut name = vec![0; usize::from(request[4]) + 2];
            client.read_exact(&mut name).unwrap();
            let port = name.split_off(name.len() - 2);
            let port = u16::from_be_bytes([port[0], port[1]]);
            sender.send(format!("{}:{port}", String::from_utf8(name).unwrap())).unwrap();
            client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).unwrap();
            let mut service = TcpStream::connect(&target).unwrap();
            let (mut from_client, mut to_service) = (client.try_clone().unwrap(), service.try_clone().unwrap());
            thread::spawn(move || std::io::copy(&mut from_client, &mut to_service));
            let _ = std::io::copy(&mut service, &mut client);
        }
    });
    (address, asked)
}

#[test]
fn a_socks_proxy_is_used() {
    let store = TestStore::new();
    let server = store.serve();
    let (address, asked) = socks(server.url.strip_prefix("http://").unwrap().to_owned());
    let answer = question(SERVICE, &[("ALL_PROXY", &format!("socks5h://{address}"))]);
    assert_eq!((answer.status, answer.out.as_str()), (0, "no agent is online\n"), "{}", answer.err);
    assert_eq!(asked.recv().unwrap(), "service.invalid:80");
}
