//! The sources: where an account is online.

open_code! {
    /// Where a WhatsApp account is online (page, `source`; D5).
    ///
    /// A query may have each source of the table. group-dispatch-server rejects a request with any other code.
    Source,
    "a source: 1 (pc), 2 (mobile) or 3 (cloud)",
    "Where a WhatsApp account is online. The number in a string is accepted as well. Readers accept codes that are not listed; a query for one is refused (D5).",
    example 1 {
        Pc = 1, "pc", "The PC client";
        Mobile = 2, "mobile", "The mobile client";
        Cloud = 3, "cloud", "A cloud computer";
    }
}
