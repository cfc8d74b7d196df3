//! What the browser did and said while a page was open: its requests, and what it complained of.

use serde_json::Value;

use crate::browser::browser::Browser;

#[derive(Debug, Default)]
pub struct Record {
    requests: Vec<Request>,
    complaints: Vec<String>,
    /// Every event of the network as the browser reports it, with headers and bodies.
    events: String,
}

#[derive(Debug)]
struct Request {
    /// The browser's own; a request that is sent on to another address keeps it.
    id: String,
    url: String,
    ended: bool,
    failure: Option<String>,
}

impl Record {
    /// What is wrong with a page that may ask only for what begins with `home`.
    pub fn faults(&self, home: &str) -> Vec<String> {
        let mut faults = self.complaints.clone();
        for Request { url, failure, .. } in &self.requests {
            // Addresses that hold what they stand for: nothing is asked of anybody.
            let inline = url.starts_with("data:") || url.starts_with("blob:");
            if !inline && !url.starts_with(home) {
                faults.push(format!("a request that leaves {home}: {url}"));
            }
            faults.extend(failure.iter().map(|failure| format!("a request failed: {url}: {failure}")));
        }
        faults
    }

    /// Whether a text was part of any request: its address, its headers, its body.
    pub fn holds(&self, text: &str) -> bool {
        self.events.contains(text)
    }

    pub fn all_ended(&self) -> bool {
        self.requests.iter().all(|request| request.ended)
    }

    /// Adds what came since the browser was last asked.
    pub async fn read(&mut self, browser: &Browser) {
        for entry in browser.driver.get_log("performance").await.unwrap() {
            let event: Value = serde_json::from_str(&entry.message).unwrap();
            self.note(&event["message"]);
        }
        let said = browser.driver.browser_log().await.unwrap();
        let severe = said.into_iter().filter(|entry| entry.level == "SEVERE");
        self.complaints.extend(severe.map(|entry| format!("the console says: {}", entry.message)));
    }

    fn note(&mut self, event: &Value) {
        let parameters = &event["params"];
        let Some(kind) = event["method"].as_str().and_then(|method| method.strip_prefix("Network.")) else { return };
        self.events.push_str(&parameters.to_string());
        let text = |pointer| parameters.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        let id = text("/requestId");
        let request = self.requests.iter_mut().rfind(|request| request.id == id);
        match (kind, request) {
            ("requestWillBeSent", earlier) => {
                if let Some(earlier) = earlier {
                    earlier.ended = true;
                }
                self.requests.push(Request { id, url: text("/request/url"), ended: false, failure: None });
            }
            ("webSocketCreated", _) => {
                self.requests.push(Request { id, url: text("/url"), ended: true, failure: None });
            }
            ("responseReceived", Some(request)) => {
                let status = parameters.pointer("/response/status").and_then(Value::as_u64).unwrap_or_default();
                if status >= 400 {
                    request.failure = Some(format!("HTTP status {status}"));
                }
            }
            ("loadingFinished", Some(request)) => request.ended = true,
            ("loadingFailed", Some(request)) => {
                request.ended = true;
                request.failure.get_or_insert(text("/errorText"));
            }
            _ => {}
        }
    }
}
