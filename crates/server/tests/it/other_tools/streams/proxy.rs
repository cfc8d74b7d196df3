//! A proxy of Debian before a server, and what has come of a response through it.

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use group_dispatch_types::Operation;
use reqwest::Response;
use tempfile::TempDir;
use tokio::net::UnixStream;

use super::{LIMIT, append, event};
use crate::common::TestServer;

pub const FORMATS: [&str; 2] = ["text/event-stream", "application/x-ndjson"];

/// A proxy that listens at `socket` in a folder of its own. It ends with the test.
pub struct Proxy {
    program: Child,
    socket: PathBuf,
    _folder: TempDir,
}

impl Proxy {
    pub async fn run(command: &mut Command, folder: TempDir) -> Self {
        let program = command.stdin(Stdio::null()).spawn().unwrap();
        let mut proxy = Self { program, socket: socket(&folder), _folder: folder };
        tokio::time::timeout(LIMIT, proxy.ready()).await.expect("the proxy does not listen");
        proxy
    }

    async fn ready(&mut self) {
        while UnixStream::connect(&self.socket).await.is_err() {
            assert_eq!(self.program.try_wait().unwrap(), None, "the proxy ended");
            tokio::task::yield_now().await;
        }
    }

    pub async fn changes(&self, server: &TestServer, accept: &str) -> Text {
        let http = reqwest::Client::builder().no_proxy().unix_socket(&*self.socket).build().unwrap();
        let request = server.signed(&http, 1, Operation::HistoryChanges.path(), "application/json", "{}");
        let response = request.header("accept", accept).send().await.unwrap();
        assert_eq!(response.status(), 200);
        Text { response, text: String::new() }
    }

    /// Each event is stored only when the one before it has been read, so that a buffer would make the test hang.
    pub async fn passes_lines_on_as_they_come(&self, server: &TestServer) {
        let mut next = 0;
        for accept in FORMATS {
            let mut stream = self.changes(server, accept).await;
            assert_eq!(stream.response.headers()["content-type"], accept);
            stream.until(r#""type":"position""#).await;
            for _ in 0..5 {
                next += 1;
                append(server, vec![event(next)]).await;
                let account = event(next).whatsapp.to_string();
                stream.until(&account).await;
            }
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

pub fn socket(folder: &TempDir) -> PathBuf {
    folder.path().join("socket")
}

/// What has come of a response.
pub struct Text {
    pub response: Response,
    pub text: String,
}

impl Text {
    /// Reads on until this text is there.
    pub async fn until(&mut self, part: &str) {
        let reading = async {
            while !self.text.contains(part) {
                let chunk = self.response.chunk().await.unwrap().expect("the response ended");
                self.text.push_str(std::str::from_utf8(&chunk).unwrap());
            }
        };
        tokio::time::timeout(LIMIT, reading).await.unwrap_or_else(|_| panic!("{part} does not come"));
    }

    /// Reads to the end; an error if the connection breaks.
    pub async fn rest(&mut self) -> reqwest::Result<()> {
        let reading = async {
            while let Some(chunk) = self.response.chunk().await? {
                self.text.push_str(&String::from_utf8_lossy(&chunk));
            }
            Ok(())
        };
        tokio::time::timeout(LIMIT, reading).await.expect("the response does not end")
    }
}
