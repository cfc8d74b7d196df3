//! Selects the reader for the format of an input.

use std::io::BufReader;

use group_dispatch_types::UtcOffset;

use super::{
    csv::Csv, documents::Documents, input::Input, json_lines::JsonLines, line::Lines, order::Direction,
    recognize::Format,
};

/// Returns the lines of an input. `direction` is the order of the logs within it: newest first unless a flag sets
/// another.
pub fn read(input: Input, offset: UtcOffset, direction: Direction) -> Lines {
    let content = BufReader::new(input.content);
    match input.format {
        Format::Csv { delimiter } => Box::new(Csv::new(content, delimiter, offset)),
        Format::Documents => Box::new(Documents::new(content, offset, direction)),
        Format::JsonLines | Format::Gzip => Box::new(JsonLines::new(content, offset)),
    }
}
