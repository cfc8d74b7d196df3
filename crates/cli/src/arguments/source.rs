//! Parsers and shell completions of `--source`.

use clap_complete::CompletionCandidate;
use group_dispatch_types::Source;

/// Help text of `--source` for the queries that require it.
pub const SOURCE_HELP: &str = "The source to query: pc, mobile or cloud; or 1, 2 or 3";

/// Parses a source that a query takes. Numbers outside the vendor's table are rejected as typing errors.
pub fn parse_source(text: &str) -> Result<Source, &'static str> {
    let source = text.parse().ok().filter(|source: &Source| source.is_known());
    source.ok_or("expected a source: 1 (pc), 2 (mobile) or 3 (cloud)")
}

/// Returns the sources of [`parse_source`], for completions.
pub fn complete_source() -> Vec<CompletionCandidate> {
    Source::ALL.iter().copied().map(candidate).collect()
}

/// Parses a source that queryAllOlWhatsAppInfo returns a group for.
pub fn parse_watched_source(text: &str) -> Result<Source, &'static str> {
    match text.parse() {
        Ok(source @ (Source::Pc | Source::Mobile)) => Ok(source),
        _ => Err("expected 1 (pc) or 2 (mobile), the sources that queryAllOlWhatsAppInfo returns"),
    }
}

/// Returns the sources of [`parse_watched_source`], for completions.
pub fn complete_watched_source() -> Vec<CompletionCandidate> {
    [Source::Pc, Source::Mobile].map(candidate).into()
}

fn candidate(source: Source) -> CompletionCandidate {
    CompletionCandidate::new(source.to_string()).help(Some(source.description().into()))
}
