//! Reads the header `Accept`.

use axum::http::{HeaderMap, header::ACCEPT};

/// The media ranges that a client accepts.
pub struct Accept<'a>(Vec<Range<'a>>);

/// A media range of `Accept`.
struct Range<'a> {
    media_type: &'a str,
    version: Option<&'a str>,
    quality: f32,
}

impl<'a> Accept<'a> {
    pub fn of(headers: &'a HeaderMap) -> Self {
        let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
        Self(values.flat_map(|value| value.split(',')).filter_map(Range::parse).collect())
    }

    /// Returns the quality of a format by the most specific range that names it: a range with its version before one without,
    /// and then in the order of `media_types`. Returns 0 if no range names it.
    pub fn quality(&self, media_types: &[&str], version: Option<&str>) -> f32 {
        let most_specific = media_types.iter().find_map(|media_type| {
            let named = || self.0.iter().filter(|range| range.media_type.eq_ignore_ascii_case(media_type));
            let best = |with_version: Option<&str>| {
                let matching = named().filter(|range| range.version == with_version);
                matching.map(|range| range.quality).reduce(f32::max)
            };
            best(version).or_else(|| best(None))
        });
        most_specific.unwrap_or_default()
    }

    /// Whether the client prefers HTML to JSON, as browsers do. HTML has to be named: programs send `*/*`.
    pub fn prefers_html(&self) -> bool {
        let html = self.quality(&["text/html"], None);
        html > 0.0 && html >= self.quality(&["application/json", "application/*", "*/*"], None)
    }
}

impl<'a> Range<'a> {
    /// Returns `None` for a malformed range, which is ignored.
    fn parse(range: &'a str) -> Option<Self> {
        let mut parts = range.split(';').map(str::trim);
        let mut read = Self { media_type: parts.next()?, version: None, quality: 1.0 };
        for (name, value) in parts.filter_map(|parameter| parameter.split_once('=')) {
            let value = value.trim().trim_matches('"');
            match name.trim() {
                name if name.eq_ignore_ascii_case("version") => read.version = Some(value),
                name if name.eq_ignore_ascii_case("q") => {
                    read.quality = value.parse().ok().filter(|quality| (0.0..=1.0).contains(quality))?;
                }
                // Escaping and charset don't matter: all our names are ASCII.
                _ => {}
            }
        }
        Some(read)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn html_is_preferred_if_it_is_named_first() {
        assert!(!Accept::of(&HeaderMap::new()).prefers_html());
        for (accept, expected) in [
            ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", true),
            ("Text/HTML", true),
            ("text/html, application/json", true),
            ("application/json, text/html;q=0.5", false),
            ("application/json, text/plain, */*", false),
            ("text/html;q=0", false),
            ("text/html;q=0.5, */*", false),
            ("*/*", false),
            ("text/*", false),
            (";,=", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, accept.parse().unwrap());
            assert_eq!(Accept::of(&headers).prefers_html(), expected, "{accept}");
        }
    }
}
