//! Selects the reader for the format of an input.

use std::io::BufReader;

use super::{
    csv::Csv,
    documents::Documents,
    input::Input,
    json_lines::JsonLines,
    line::{EventParser, Lines},
    order::Direction,
    recognize::Format,
};

/// Returns the lines of an input. `direction` is the order of the logs within it: newest first unless a flag sets
/// another.
pub fn read(input: Input, parser: EventParser, direction: Direction) -> Lines {
    let content = BufReader::new(input.content);
    match input.format {
        Format::Csv { delimiter } => Box::new(Csv::new(content, delimiter, parser)),
        Format::Documents => Box::new(Documents::new(content, parser, direction)),
        Format::JsonLines | Format::Gzip => Box::new(JsonLines::new(content, parser)),
    }
}
