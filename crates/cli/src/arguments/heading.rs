//! Headings in `--help` below which the flags of several subcommands are listed.

/// Flags that say how the service is reached.
pub const CONNECTION: &str = "Connection";
/// Flags that say how results are printed.
pub const OUTPUT: &str = "Output";
