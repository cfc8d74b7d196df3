//! The page follows the service, and survives its failures.

use std::time::{Duration, Instant};

use group_dispatch_client::{
    Client, Credentials, Source, reqwest,
    types::{BusinessCode, QueryAllOlWhatsAppInfoResponse},
};
use group_dispatch_httpmock::{
    MockResponse, MockServerExt, QueryAllOlWhatsAppInfo, RespondExt, httpmock::MockServer, online_agent, source_group,
};
use tokio::net::TcpListener;

const NUMBER: &str = "8618217331411";

/// Serves the page over a service. Returns the page's address.
async fn serve(service: &MockServer) -> String {
    let builder = Client::builder().base_url(service.base_url()).credentials(Credentials::new(1, "key"));
    let page = online_page::router(&builder.build().unwrap(), Duration::from_millis(50));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, page).into_future());
    address
}

/// Reloads the page until it is as expected, and returns it.
async fn reload_until(address: &str, is_expected: impl Fn(&str) -> bool) -> String {
    let browser = reqwest::Client::builder().no_proxy().build().unwrap();
    let begin = Instant::now();
    loop {
        let page = browser.get(address).send().await.unwrap().text().await.unwrap();
        if is_expected(&page) {
            return page;
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "{page}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn an_account_that_comes_online_is_on_the_page() {
    let service = MockServer::start_async().await;
    let mut nobody = service.query_all_ol_whats_app_info(|_, then| {
        let data = vec![source_group(Source::Pc, []), source_group(Source::Mobile, [])];
        then.ok(&QueryAllOlWhatsAppInfoResponse { code: BusinessCode::Success, message: String::new(), data });
    });
    let address = serve(&service).await;
    let page = reload_until(&address, |page| page.contains("pc")).await;
    assert!(page.contains("Nobody is online") && !page.contains(NUMBER), "{page}");

    let groups = vec![source_group(Source::Pc, [online_agent(12, "ana", [NUMBER])]), source_group(Source::Mobile, [])];
    service.respond_to(QueryAllOlWhatsAppInfo, MockResponse::ok(groups));
    nobody.delete();
    let page = reload_until(&address, |page| page.contains(NUMBER)).await;
    assert!(page.contains("ana") && page.contains("mobile"), "{page}");
}

#[tokio::test]
async fn the_page_keeps_its_state_while_the_service_fails() {
    let groups = vec![source_group(Source::Pc, [online_agent(12, "ana", [NUMBER])])];
    let responses = vec![MockResponse::ok(groups), MockResponse::business(BusinessCode::DatabaseError)];
    let service = MockServer::start_async().await;
    service.respond_to(QueryAllOlWhatsAppInfo, responses);
    let address = serve(&service).await;
    let page = reload_until(&address, |page| page.contains("may be old")).await;
    assert!(page.contains(NUMBER), "{page}");
}

#[tokio::test]
async fn names_are_escaped() {
    let groups = vec![source_group(Source::Pc, [online_agent(12, "<script>", [NUMBER])])];
    let service = MockServer::start_async().await;
    service.respond_to(QueryAllOlWhatsAppInfo, MockResponse::ok(groups));
    let address = serve(&service).await;
    let page = reload_until(&address, |page| page.contains(NUMBER)).await;
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script>"), "{page}");
}
