//! The search is used by keyboard alone, and leads to the place that was looked for.

use serde_json::json;
use thirtyfour::Key;

use crate::{
    browser::Browser,
    site::{Server, serve_files, written},
};

/// Goes to the search by `/`, types the words, chooses the place among the first three by arrows and opens it by Enter;
/// then the place must be in view, with the words on its page.
async fn leads_to(browser: &Browser, home: &str, from: &str, words: &str, place: &str) {
    browser.open(&format!("{home}{from}")).await;
    browser.press("/").await;
    browser.press(words).await;
    let found =
        "const links = [...document.querySelectorAll('[data-search] [role=option] a')].map((link) => link.href);
        return links.length > 0 && links";
    let found = browser.until(&format!("the search finds {words}"), found, []).await;
    let url = format!("{home}{place}");
    let at = found.as_array().unwrap().iter().take(3).position(|link| link.as_str().unwrap().starts_with(&url));
    let at = at.unwrap_or_else(|| panic!("{place} is not among the first three for {words}: {found:#}"));
    for _ in 0..at {
        browser.press(Key::Down).await;
    }
    let chosen = "return document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))
        ?.querySelector('a').href";
    assert_eq!(browser.run(chosen, []).await, found[at], "what is chosen for {words}");
    browser.press(Key::Enter).await;
    let arrived = "return document.readyState === 'complete' && location.href.startsWith(arguments[0])";
    browser.until(&format!("{words} leads to {place}"), arrived, [json!(url)]).await;
    let shown = r#"
        const target = document.getElementById(decodeURIComponent(location.hash.slice(1))) ?? document.body;
        return target.getBoundingClientRect().top < innerHeight && document.body.innerText.includes(arguments[0]);
    "#;
    browser.until(&format!("{words} is in view"), shown, [json!(words)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_looked_for_is_found_by_keyboard() {
    let Some(browser) = Browser::start().await else { return };
    let server = Server::start().await;
    let home = server.home();
    leads_to(&browser, &home, "index.html", "createTime", "queryUserStatusLog.html").await;
    leads_to(&browser, &home, "queryWhatsAppInfo.html", "522", "errors.html#code-522").await;
    leads_to(&browser, &home, "reference.html", "queryWhatsAppInfo", "queryWhatsAppInfo.html").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_can_be_searched_as_well() {
    let Some(browser) = Browser::start().await else { return };
    let folder = written();
    let homes = [format!("file://{}/", folder.path().display()), serve_files(folder.path()).await];
    for home in homes {
        leads_to(&browser, &home, "index.html", "detailStatus", "queryUserStatusLog.html").await;
    }
}
