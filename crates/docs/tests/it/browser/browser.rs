//! Chromium without a window, driven through chromedriver: one browser for each test, with a profile of its own.

use std::{
    env,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::{By, ChromeCapabilities, ChromiumLikeCapabilities, LoggingPrefsLogLevel, TypingData, WebDriver};

use test_support::skip;

use crate::browser::record::Record;

/// How long anything may take that a page is waited for.
const TIMEOUT: Duration = Duration::from_secs(120);
/// Calls back with whether the page has drawn and come to rest, within seconds.
const IDLE: &str = "
    const [done] = arguments;
    const late = setTimeout(() => done(false), 5000);
    requestAnimationFrame(() => requestIdleCallback(() => { clearTimeout(late); done(true); }, { timeout: 2000 }));";
/// Notes in `window.preferred` that the page knows which theme the reader prefers, which may be frames after it is set.
const AWAIT_PREFERENCE: &str = "
    const preference = matchMedia(`(prefers-color-scheme: ${arguments[0]})`);
    window.preferred = preference.matches;
    preference.addEventListener('change', () => { window.preferred = true; }, { once: true });";

/// Fields are dropped in this order: the session ends and with it the browser, then the driver, then the profile.
pub struct Browser {
    pub driver: WebDriver,
    _chromedriver: Chromedriver,
    _profile: TempDir,
}

/// A client of the driver that no variable of the environment sends to a proxy: both are on this machine.
fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().timeout(2 * TIMEOUT).build().unwrap()
}

impl Browser {
    /// A browser, or none where none is installed, which is said.
    pub async fn start() -> Option<Self> {
        let (Some(chromium), Some(chromedriver)) =
            (found(&["chromium", "chromium-browser", "google-chrome"]), found(&["chromedriver"]))
        else {
            skipped();
            return None;
        };
        let profile = tempfile::tempdir().unwrap();
        let chromedriver = Chromedriver::start(chromedriver);
        let mut capabilities = ChromeCapabilities::new();
        capabilities.set_binary(chromium.to_str().unwrap()).unwrap();
        for argument in [
            "--headless=new",
            // Containers seldom let a browser make its sandbox, nor have they a large /dev/shm. The pages are our own.
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            // Nothing but the pages' own requests, and none of them off this machine.
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-proxy-server",
            "--no-first-run",
            // A page that nobody looks at is drawn all the same.
            "--disable-renderer-backgrounding",
            "--disable-backgrounding-occluded-windows",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            // A browser whose driver is gone ends by itself.
            "--remote-debugging-pipe",
            "--force-device-scale-factor=1",
            "--force-prefers-reduced-motion",
            "--lang=en-GB",
            "--window-size=1280,900",
            &format!("--user-data-dir={}", profile.path().display()),
        ] {
            capabilities.add_arg(argument).unwrap();
        }
        for log in ["browser", "performance"] {
            capabilities.set_logging_prefs(log, LoggingPrefsLogLevel::All).unwrap();
        }
        // The browser has timeouts of its own, which name what takes too long; so the client of the driver has none.
        let driver = WebDriver::builder(&chromedriver.url, capabilities).client(http()).await.unwrap();
        driver.set_script_timeout(TIMEOUT).await.unwrap();
        Some(Self { driver, _chromedriver: chromedriver, _profile: profile })
    }

    /// Opens a page, waits until it is idle, and returns everything that it caused.
    pub async fn open(&self, url: &str) -> Record {
        // What the page before it still did is not this one's.
        self.driver.goto("about:blank").await.unwrap();
        Record::default().read(self).await;
        self.driver.goto(url).await.unwrap_or_else(|error| panic!("{url} does not open: {error}"));
        let mut record = Record::default();
        self.rest(&mut record).await;
        record
    }

    /// Waits until the page has nothing to do and no request is under way.
    pub async fn rest(&self, record: &mut Record) {
        let deadline = Instant::now() + TIMEOUT;
        loop {
            self.idle().await;
            record.read(self).await;
            if record.all_ended() {
                return;
            }
            assert!(Instant::now() < deadline, "requests did not end: {record:?}");
        }
    }

    /// Waits until the page has drawn its changes and is idle.
    async fn idle(&self) {
        let deadline = Instant::now() + TIMEOUT;
        while self.run_async(IDLE, []).await != Value::Bool(true) {
            assert!(Instant::now() < deadline, "the page is busy");
            // Without a window, a browser may forget to draw; a picture makes it.
            self.driver.screenshot_as_png().await.unwrap_or_else(|error| panic!("the page can't be drawn: {error}"));
        }
    }

    /// What a script calls back with.
    async fn run_async(&self, script: &str, arguments: impl Into<Vec<Value>>) -> Value {
        match self.driver.execute_async(script, arguments.into()).await {
            Ok(returned) => returned.json().clone(),
            Err(error) => panic!("a script did not come to its end: {error}\n{script}"),
        }
    }

    /// What a script returns in the page that is open.
    pub async fn run(&self, script: &str, arguments: impl Into<Vec<Value>>) -> Value {
        match self.driver.execute(script, arguments.into()).await {
            Ok(returned) => returned.json().clone(),
            Err(error) => panic!("a script failed in the page: {error}\n{script}"),
        }
    }

    /// What a script returns as soon as that is neither null nor false.
    pub async fn until(&self, what: &str, script: &str, arguments: impl Into<Vec<Value>>) -> Value {
        let arguments = arguments.into();
        let deadline = Instant::now() + TIMEOUT;
        loop {
            let value = self.run(script, arguments.clone()).await;
            if !matches!(value, Value::Null | Value::Bool(false)) {
                return value;
            }
            assert!(Instant::now() < deadline, "waited in vain until {what}; {}", self.text().await);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The same of a script that calls back with what it has found.
    pub async fn until_async(&self, what: &str, script: &str, arguments: impl Into<Vec<Value>>) {
        let arguments = arguments.into();
        let deadline = Instant::now() + TIMEOUT;
        while self.run_async(script, arguments.clone()).await != Value::Bool(true) {
            assert!(Instant::now() < deadline, "waited in vain until {what}");
        }
    }

    pub async fn click(&self, selector: &str) {
        let element = self.driver.find(By::Css(selector)).await.unwrap_or_else(|error| panic!("{selector}: {error}"));
        element.click().await.unwrap_or_else(|error| panic!("{selector} can't be clicked: {error}"));
    }

    /// Types a text into a field that may hold another.
    pub async fn fill(&self, selector: &str, text: &str) {
        let field = self.driver.find(By::Css(selector)).await.unwrap_or_else(|error| panic!("{selector}: {error}"));
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Types where the focus is.
    pub async fn press(&self, keys: impl Into<TypingData>) {
        self.driver.action_chain().send_keys(keys).perform().await.unwrap();
    }

    /// A command of the DevTools protocol.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.driver.cdp().send_raw(command, parameters).await.unwrap()
    }

    /// A window of that many CSS pixels.
    pub async fn resize(&self, width: u64, height: u64) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500 });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        self.idle().await;
    }

    /// Sets the preferred color scheme that pages see: `light` or `dark`.
    pub async fn prefer(&self, theme: &str) {
        // Listeners are called in the order in which they were added: when this one is, the page's own were called.
        self.run(AWAIT_PREFERENCE, [json!(theme)]).await;
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": theme }] });
        self.devtools("Emulation.setEmulatedMedia", features).await;
        let deadline = Instant::now() + TIMEOUT;
        while self.run("return window.preferred", []).await != Value::Bool(true) {
            assert!(Instant::now() < deadline, "the page is not told that the reader prefers {theme}");
            self.idle().await;
        }
        self.idle().await;
    }

    async fn text(&self) -> String {
        self.run("return `${location}: ${document.body.innerText.slice(0, 2000)}`", []).await.to_string()
    }
}

struct Chromedriver {
    url: String,
    process: Child,
    /// Held, for it may write to it at any time.
    _output: BufReader<ChildStdout>,
}

impl Chromedriver {
    fn start(program: PathBuf) -> Self {
        let mut process = Command::new(program)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut said = String::new();
        let port = loop {
            let start = said.len();
            assert_ne!(output.read_line(&mut said).unwrap(), 0, "chromedriver ended early: {said}");
            if let Some((_, port)) = said[start..].split_once("started successfully on port ") {
                break port.trim().trim_end_matches('.').to_owned();
            }
        };
        Self { url: format!("http://127.0.0.1:{port}"), process, _output: output }
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn found(names: &[&str]) -> Option<PathBuf> {
    let folders: Vec<_> = env::split_paths(&env::var_os("PATH")?).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|path| path.is_file())
}

fn skipped() {
    let missing = if found(&["chromedriver"]).is_none() { "chromedriver" } else { "chromium" };
    skip(&format!("there is no {missing}; `apt-get install chromium chromium-driver` brings it"));
}
