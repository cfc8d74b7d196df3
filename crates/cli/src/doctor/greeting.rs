//! A first word to whoever answers, without the tenant or a signature: for its manners and its clock.

use std::time::{Duration, SystemTime};

use group_dispatch_client::{
    ProxySetting,
    reqwest::{self, Client, Response, StatusCode, Url, header, redirect::Policy},
};

const PATH: &str = "/group-dispatch-api/user/queryAllOlWhatsAppInfo";

pub struct Greeting {
    answer: reqwest::Result<Response>,
    /// By this machine's clock, the middle of the exchange.
    at: SystemTime,
}

impl Greeting {
    pub async fn of(url: &Url, proxy: Option<&ProxySetting>, time_limit: Duration) -> Self {
        let sent_at = SystemTime::now();
        let answer = ask(url, proxy, time_limit).await.map_err(reqwest::Error::without_url);
        let took = sent_at.elapsed().unwrap_or(Duration::ZERO);
        Self { answer, at: sent_at + took / 2 }
    }

    /// Why there was no answer.
    pub fn failure(&self) -> Option<&reqwest::Error> {
        self.answer.as_ref().err()
    }

    /// Whose service it is, by what an unsigned question is refused with: the vendor leaves the HTTP status at 200 (D19).
    pub fn kind_of_service(&self) -> &'static str {
        match &self.answer {
            Ok(answer) if answer.status() == StatusCode::OK => "it answers, as the vendor's does",
            Ok(answer) if answer.status() == StatusCode::UNAUTHORIZED => "it answers, as a group-dispatch-server does",
            _ => "it answers",
        }
    }

    /// Where else the answer says to ask.
    pub fn points_to(&self) -> Option<&str> {
        self.header(header::LOCATION)
    }

    /// The time of the service's clock, in whole seconds, and that of this machine's.
    pub fn times(&self) -> Option<(SystemTime, SystemTime)> {
        Some((httpdate::parse_http_date(self.header(header::DATE)?).ok()?, self.at))
    }

    fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.answer.as_ref().ok()?.headers().get(name)?.to_str().ok()
    }
}

async fn ask(url: &Url, proxy: Option<&ProxySetting>, time_limit: Duration) -> reqwest::Result<Response> {
    let mut client = Client::builder().redirect(Policy::none()).timeout(time_limit).no_proxy();
    if let Some(proxy) = proxy {
        client = client.proxy(proxy.to_reqwest()?);
    }
    let client = client.build()?;
    let address = format!("{}{PATH}", url.as_str().trim_end_matches('/'));
    client.post(address).header(header::CONTENT_TYPE, "application/json").body("{}").send().await
}
