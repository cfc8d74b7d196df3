//! The search is used by keyboard alone, and leads to the place that was looked for.

use serde_json::json;
use thirtyfour::Key;

use crate::browser::{
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
    leads_to(&browser, &home, "queryWhatsAppInfo.html", "522", "error-522.html").await;
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

/// What is seen below the search field, if anything is.
async fn seen(browser: &Browser) -> serde_json::Value {
    let message = r#"
        const status = document.getElementById("search-status");
        const box = status.getBoundingClientRect();
        const isSeen = box.width > 50 && box.height > 20 && getComputedStyle(status).clipPath === "none"
            && document.elementFromPoint(box.left + 10, box.top + 10) === status;
        return isSeen ? status.innerText : null;
    "#;
    browser.run(message, []).await
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_is_found_this_is_said_with_the_words() {
    const WORDS: &str = "<img src=x onerror=alert(1)> & zzqq";
    let Some(browser) = Browser::start().await else { return };
    let server = Server::start().await;
    let page = format!("{}index.html", server.home());
    for width in [1280, 360] {
        browser.resize(width, 740).await;
        browser.open(&page).await;
        assert_eq!(seen(&browser).await, json!(null), "nothing is asked");
        browser.press("/").await;
        browser.press(WORDS).await;
        let message = seen(&browser).await;
        let message = message.as_str().unwrap();
        assert!(message.starts_with(&format!("Nothing found for “{WORDS}”")), "{message}");
        let tree = browser.devtools("Accessibility.getFullAXTree", json!({})).await;
        let nodes = tree["nodes"].as_array().unwrap();
        let is_live = |node: &&serde_json::Value| {
            node["role"]["value"] == "status"
                && node["properties"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|property| property["name"] == "live" && property["value"]["value"] == "polite")
        };
        assert!(nodes.iter().any(|node| is_live(&node)), "screen readers announce it");
        let state = "return [document.querySelectorAll('[data-search] img').length,
            document.getElementById('search').getAttribute('aria-expanded'), location.href]";
        assert_eq!(browser.run(state, []).await, json!([0, "false", page]));
        assert_eq!(crate::browser::phone::too_wide(&browser).await, [""; 0]);
        for key in [Key::Down, Key::Enter] {
            browser.press(key).await;
            assert_eq!(browser.run(state, []).await, json!([0, "false", page]), "there is nothing to choose or open");
        }
        assert_ne!(seen(&browser).await, json!(null));
        browser.press(Key::Escape).await;
        assert_eq!(seen(&browser).await, json!(null), "Escape clears it");

        browser.press("/").await;
        browser.press("zzqq").await;
        assert_ne!(seen(&browser).await, json!(null));
        browser.click("footer p").await;
        assert_eq!(seen(&browser).await, json!(null), "a click elsewhere hides it");
        browser.press("/").await;
        browser.press("createTime").await;
        assert_eq!(seen(&browser).await, json!(null), "what is found is seen in its stead");
        let is_whole = "const box = document.getElementById('search-results').getBoundingClientRect();
            return box.height > 20 && box.left >= 0 && box.right <= innerWidth";
        assert_eq!(browser.run(is_whole, []).await, json!(true), "results are whole in view at {width} pixels");
    }
}
