//! Light and dark: as the system has it, until the reader chooses; text is readable in both.

use serde_json::json;

use crate::browser::{
    browser::Browser,
    site::{Server, pages},
};

pub struct Looks {
    /// The luminance of the page's background, from 0 to 1.
    background: f64,
    /// Text that is hard to read.
    pub faint: Vec<String>,
}

/// How the page looks, but for the inside of the reference, which is Scalar's.
pub async fn looks(browser: &Browser) -> Looks {
    let seen = browser.run(include_str!("scripts/contrast.js"), [json!("body *:not(#reference *)")]).await;
    Looks {
        background: seen["background"].as_f64().unwrap(),
        faint: serde_json::from_value(seen["faint"].clone()).unwrap(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn text_is_readable_in_both() {
    let Some(browser) = Browser::start().await else { return };
    let server = Server::start().await;
    let mut faults = Vec::new();
    for page in pages() {
        for theme in ["light", "dark"] {
            browser.prefer(theme).await;
            browser.open(&format!("{}{page}", server.home())).await;
            let Looks { background, faint } = looks(&browser).await;
            if !(if theme == "light" { 0.7..=1.0 } else { 0.0..=0.1 }).contains(&background) {
                faults.push(format!("{page}: for {theme} the background's luminance is {background:.2}"));
            }
            faults.extend(faint.into_iter().map(|text| format!("{page}, {theme}: {text}")));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The theme of the page that is open, by its looks.
async fn theme(browser: &Browser) -> &'static str {
    if looks(browser).await.background > 0.5 { "light" } else { "dark" }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_readers_choice_wins_and_is_kept() {
    let Some(browser) = Browser::start().await else { return };
    let server = Server::start().await;
    let open = async |page: &str| browser.open(&format!("{}{page}", server.home())).await;
    browser.prefer("light").await;
    open("index.html").await;
    assert_eq!(theme(&browser).await, "light", "before a choice it is the system's");
    browser.prefer("dark").await;
    assert_eq!(theme(&browser).await, "dark", "without a choice the page follows the system at once");
    browser.prefer("light").await;
    browser.click("#theme-toggle").await;
    assert_eq!(theme(&browser).await, "dark", "the toggle chooses the other");
    open("errors.html").await;
    assert_eq!(theme(&browser).await, "dark", "the choice is kept for the next page");
    open("reference.html").await;
    let scalar = "return getComputedStyle(document.querySelector('#reference .scalar-app')).backgroundColor";
    let parts = browser.run(scalar, []).await.to_string();
    assert_eq!(theme(&browser).await, "dark", "the reference too");
    browser.click("#theme-toggle").await;
    assert_eq!(theme(&browser).await, "light", "and back");
    assert_ne!(browser.run(scalar, []).await.to_string(), parts, "what Scalar shows follows the toggle");
    browser.prefer("dark").await;
    assert_eq!(theme(&browser).await, "light", "a choice wins over the system");
}
