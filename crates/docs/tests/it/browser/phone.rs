//! On a phone: no page is wider than the screen, and the list of pages can be reached.

use serde_json::json;
use thirtyfour::By;

use crate::browser::{
    browser::Browser,
    site::{Server, pages},
};

/// What stands out at the right, but for what lies in a part that scrolls by itself.
const WIDE: &str = r#"
    const width = document.documentElement.clientWidth;
    if (document.scrollingElement.scrollWidth <= width) return [];
    const scrolls = (element) => element && element !== document.body
        && (getComputedStyle(element).overflowX !== "visible" || scrolls(element.parentElement));
    return [`it is ${document.scrollingElement.scrollWidth} pixels wide, the screen ${width}`]
        .concat([...document.querySelectorAll("body *")]
            .filter((element) => element.getBoundingClientRect().right > width + 0.5 && !scrolls(element.parentElement))
            .slice(0, 5).map((element) => element.outerHTML.slice(0, 120)));
"#;

pub async fn too_wide(browser: &Browser) -> Vec<String> {
    serde_json::from_value(browser.run(WIDE, []).await).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_is_wider_than_a_phone() {
    let Some(browser) = Browser::start().await else { return };
    let server = Server::start().await;
    browser.resize(360, 740).await;
    let mut faults = Vec::new();
    for page in pages() {
        browser.open(&format!("{}{page}", server.home())).await;
        faults.extend(too_wide(&browser).await.into_iter().map(|fault| format!("{page}: {fault}")));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_pages_is_reached_on_a_phone() {
    let Some(browser) = Browser::start().await else { return };
    let server = Server::start().await;
    browser.resize(360, 740).await;
    for page in ["index.html", "reference.html"] {
        browser.open(&format!("{}{page}", server.home())).await;
        let link = browser.driver.find(By::Css("#navigation a[href='errors.html']")).await.unwrap();
        assert!(!link.is_displayed().await.unwrap(), "{page}: the list is folded away at first");
        browser.click("#navigation-toggle").await;
        let whole = "const box = arguments[0].getBoundingClientRect(); return box.left >= 0 && box.right <= innerWidth";
        browser.until("the list is unfolded", whole, [link.to_json().unwrap()]).await;
        link.click().await.unwrap();
        browser
            .until("the page is open", "return location.pathname.endsWith(arguments[0])", [json!("/errors.html")])
            .await;
    }
}
