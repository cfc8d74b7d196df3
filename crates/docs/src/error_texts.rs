//! The pages on errors as Markdown, for a terminal: `group-dispatch explain` prints them.

use crate::{
    Error, File,
    edition::Site,
    errors,
    pages::{self, Pages},
    to_markdown,
};

/// The page on an error, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorText {
    /// Its name, as in the name of the page: `522` of `error-522.html`, `timeout` of `error-timeout.html`.
    pub name: String,
    /// Its heading: `522 TokenWrong`, `Timeout`.
    pub title: String,
    /// What it means, in a sentence.
    pub meaning: String,
    /// The page as Markdown. Links to other pages are replaced by their text.
    pub markdown: String,
}

/// Returns the pages on errors: codes in the contract's order, then the errors of the client without a code.
///
/// # Errors
/// If a page can't be made, which is a bug of this crate.
pub fn error_texts() -> Result<Vec<ErrorText>, Error> {
    let Pages { files, .. } = pages::all(Site::Files)?;
    let text = |error: errors::ErrorPage| {
        let page = files.iter().find(|page| page.path == error.file)?;
        let name = error.file.trim_start_matches("error-").trim_end_matches(".html");
        Some(ErrorText { name: name.to_owned(), title: error.title, meaning: error.meaning, markdown: markdown(page) })
    };
    Ok(errors::all().into_iter().filter_map(text).collect())
}

fn markdown(page: &File) -> String {
    let markdown = to_markdown::page(page);
    let text = String::from_utf8_lossy(&markdown.bytes);
    let lines = text.split_inclusive('\n').filter(|line| !line.starts_with("- [All errors]"));
    without_links_to_pages(&lines.collect::<String>())
}

/// Replaces links by their text, but for those with a whole address.
fn without_links_to_pages(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    let mut rest = markdown;
    while let Some((before, after)) = rest.split_once("](") {
        let (target, after) = after.split_once(')').unwrap_or((after, ""));
        match before.rsplit_once('[') {
            Some((before, linked)) if !target.contains("://") => text.extend([before, linked]),
            _ => text.extend([before, "](", target, ")"]),
        }
        rest = after;
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_has_its_heading_and_no_link_to_a_page() {
        let texts = error_texts().unwrap();
        assert_eq!(texts.len(), errors::all().len());
        for text in texts {
            assert!(text.markdown.starts_with(&format!("# {}\n\n", text.title)), "{}", text.markdown);
            assert!(!text.markdown.contains(".html") && !text.meaning.contains(['[', '<']), "{}", text.markdown);
        }
    }

    #[test]
    fn links_are_replaced_by_their_text() {
        let text = "a [b](c.html.md#d), [e](https://example.com/) f\\[g\\] [h](i.html)\n";
        assert_eq!(without_links_to_pages(text), "a b, [e](https://example.com/) f\\[g\\] h\n");
    }
}
