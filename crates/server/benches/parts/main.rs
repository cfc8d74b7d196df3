//! How fast the server's parts are, each against something plain that it can't do with less than, or would do otherwise.
//!
//! `cargo bench -p group-dispatch-server --bench parts` prints a table of ratios, with `-- log` at its end that of the
//! parts with `log` in their name. As in the benches of the client, the two take turns, and a speed is only reported as a
//! ratio within one run. The server as a whole is what `cargo xtask bench` measures.
#![allow(clippy::print_stdout)]

mod events;
mod log;
mod requests;
mod turns;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome {
    // `cargo bench` says so; anything else, such as `cargo test --benches`, only wants to see it work.
    let measuring = std::env::args().any(|argument| argument == "--bench");
    let part_of_name = std::env::args().skip(1).find(|argument| !argument.starts_with("--")).unwrap_or_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let folder = tempfile::tempdir()?;
    let cases = [requests::cases(&runtime, folder.path())?, log::cases(&runtime, folder.path())?];
    if measuring {
        println!("{}", turns::HEADING);
    }
    for mut part in cases.into_iter().flatten().filter(|case| case.name.contains(&part_of_name)) {
        if measuring {
            println!("{}", part.measure()?);
        } else {
            part.once()?;
        }
    }
    Ok(())
}
