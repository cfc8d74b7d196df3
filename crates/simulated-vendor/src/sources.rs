//! The sources, in the order in which arrays have them.

use group_dispatch_types::Source;

/// All sources at which something happens.
pub const SOURCES: [Source; 3] = [Source::Pc, Source::Mobile, Source::Cloud];

/// Returns where arrays have a source, or `None` if nothing ever happens there.
pub fn source_index(source: Source) -> Option<usize> {
    SOURCES.iter().position(|listed| *listed == source)
}
