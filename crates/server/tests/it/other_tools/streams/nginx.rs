//! nginx with plain `proxy_pass` and its default buffers: lines come as they are sent. It needs `underscores_in_headers on`, because
//! otherwise it leaves the header `tenant_id` out.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use group_dispatch_types::Operation;
use reqwest::Response;
use tempfile::TempDir;
use tokio::net::UnixStream;

use super::{
    LIMIT, append,
    cutter::{Cut::After, Cutter, Place::Data},
    event,
};
use crate::{
    common::{TestServer, start},
    other_tools::toolbox::{Toolbox, prepared},
};

const FORMATS: [&str; 2] = ["text/event-stream", "application/x-ndjson"];

/// An nginx before a server. It ends with the test.
struct Nginx {
    program: Child,
    socket: PathBuf,
    _folder: TempDir,
}

impl Nginx {
    /// Starts one with these settings beside `proxy_pass`, if it is installed.
    async fn start(url: &str, settings: &str) -> Option<Self> {
        Toolbox::nginx()?;
        let folder = tempfile::Builder::new().prefix("nginx-").tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let socket = folder.path().join("socket");
        let listen = format!("unix:{}", socket.display());
        let folders: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("{name}_temp_path {};\n", folder.path().join(name).display()))
            .concat();
        let configuration = format!(
            "daemon off;\nmaster_process off;\npid {};\nerror_log stderr warn;\nevents {{}}\nhttp {{\naccess_log off;\n{folders}\
             underscores_in_headers on;\nserver {{ listen {listen}; location / {{ proxy_pass {url}; {settings} }} }}\n}}\n",
            folder.path().join("pid").display()
        );
        let file = folder.path().join("nginx.conf");
        fs::write(&file, configuration).unwrap();
        let program = nginx().arg("-c").arg(&file).arg("-p").arg(folder.path()).stdin(Stdio::null()).spawn().unwrap();
        let mut nginx = Self { program, socket, _folder: folder };
        tokio::time::timeout(LIMIT, nginx.ready()).await.expect("nginx does not listen");
        Some(nginx)
    }

    async fn ready(&mut self) {
        while UnixStream::connect(&self.socket).await.is_err() {
            assert_eq!(self.program.try_wait().unwrap(), None, "nginx ended");
            tokio::task::yield_now().await;
        }
    }

    async fn changes(&self, server: &TestServer, accept: &str) -> Text {
        let http = reqwest::Client::builder().no_proxy().unix_socket(&*self.socket).build().unwrap();
        let request = server.signed(&http, 1, Operation::HistoryChanges.path(), "application/json", "{}");
        let response = request.header("accept", accept).send().await.unwrap();
        assert_eq!(response.status(), 200);
        Text { response, text: String::new() }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

fn nginx() -> Command {
    // Debian has it where only root's path leads to.
    let path = Path::new("/usr/sbin/nginx");
    prepared(if path.exists() { path } else { Path::new("nginx") })
}

/// What has come of a response.
struct Text {
    response: Response,
    text: String,
}

impl Text {
    /// Reads on until this text is there.
    async fn until(&mut self, part: &str) {
        let reading = async {
            while !self.text.contains(part) {
                let chunk = self.response.chunk().await.unwrap().expect("the response ended");
                self.text.push_str(std::str::from_utf8(&chunk).unwrap());
            }
        };
        tokio::time::timeout(LIMIT, reading).await.unwrap_or_else(|_| panic!("{part} does not come"));
    }

    /// Reads to the end; an error if the connection breaks.
    async fn rest(&mut self) -> reqwest::Result<()> {
        let reading = async {
            while let Some(chunk) = self.response.chunk().await? {
                self.text.push_str(&String::from_utf8_lossy(&chunk));
            }
            Ok(())
        };
        tokio::time::timeout(LIMIT, reading).await.expect("the response does not end")
    }
}

/// Each event is stored only when the one before it has been read, so that a buffer would make the test hang.
async fn passes_lines_on_as_they_come(settings: &str) {
    let server = start().await;
    let Some(nginx) = Nginx::start(&server.url, settings).await else { return };
    let mut next = 0;
    for accept in FORMATS {
        let mut stream = nginx.changes(&server, accept).await;
        assert_eq!(stream.response.headers()["content-type"], accept);
        stream.until(r#""type":"position""#).await;
        for _ in 0..5 {
            next += 1;
            append(&server, vec![event(next)]).await;
            let account = event(next).whatsapp.to_string();
            stream.until(&account).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_proxy_pass_passes_lines_on_as_they_come() {
    passes_lines_on_as_they_come("").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn http_1_1_passes_lines_on_as_they_come() {
    passes_lines_on_as_they_come("proxy_http_version 1.1; proxy_set_header Connection \"\";").await;
}

/// What the docs say of `proxy_http_version 1.1`: without it, a server that breaks off looks like one that is done, but for the
/// line `end`, which is missing.
#[tokio::test(flavor = "multi_thread")]
async fn only_with_http_1_1_a_broken_connection_differs_from_an_end() {
    for (settings, is_error) in [("", false), ("proxy_http_version 1.1;", true)] {
        for accept in FORMATS {
            let server = start().await;
            let cutter = Cutter::new(&server.url, [After(1, Data)]).await;
            let Some(nginx) = Nginx::start(&cutter.url, settings).await else { return };
            let mut stream = nginx.changes(&server, accept).await;
            stream.until(r#""type":"position""#).await;
            append(&server, vec![event(1)]).await;
            assert_eq!(stream.rest().await.is_err(), is_error, "{settings}, {accept}");
            assert!(!stream.text.contains(r#""type":"end""#), "{}", stream.text);
            assert!(!stream.text.ends_with('\n'), "half a line is no line: {}", stream.text);
        }
        let server = start().await;
        let Some(nginx) = Nginx::start(&server.url, settings).await else { return };
        let mut stream = nginx.changes(&server, FORMATS[1]).await;
        stream.until(r#""type":"position""#).await;
        server.stop.send(()).unwrap();
        stream.rest().await.unwrap();
        assert!(stream.text.contains(r#""type":"end""#), "{}", stream.text);
    }
}
