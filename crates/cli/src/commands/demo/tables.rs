//! The tables that the demo prints.

use crate::{
    output::{rows::Rows, table},
    terminal,
};

/// The maximum rows of each table. The printed command shows all of them.
pub const MAX_ROWS: usize = 12;

/// Prints the first rows of a table below the command that prints all of it.
pub fn print_table(title: &str, command: &str, mut rows: Rows) -> anyhow::Result<()> {
    let removed = rows.truncate(MAX_ROWS);
    let table = table::render(&rows, terminal::width());
    terminal::print_styled_line(format_args!("\n{title}\n  group-dispatch {command}\n\n{table}"))?;
    if removed > 0 {
        terminal::print_line(format_args!("... and {removed} more"))?;
    }
    Ok(())
}
