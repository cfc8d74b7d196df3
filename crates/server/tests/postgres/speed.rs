//! How fast events are taken in, measured against PostgreSQL's own way in. Run by hand, as a program is built that cares
//! for its speed: `cargo test --release -p group-dispatch-server --test postgres speed -- --ignored --nocapture`.

