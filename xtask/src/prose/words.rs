//! The words to avoid, and what to write instead.

use super::text::Passage;

/// Words and phrases in lower case, and what to write instead. A phrase is found across the end of a line.
const WORDS: &[(&[&str], &str)] = &[
    (&["tell", "tells", "telling", "told"], "write report, log, show, return or say"),
    (&["learn", "learns", "learned", "learnt"], "write receive, read, find or detect"),
    (&["so many"], "write that many, how many, or the number itself"),
    (&["anew"], "write again, or regenerate"),
    (&["nought"], "write zero, or nothing"),
    (&["lest"], "write so that ... not"),
    (&["whom"], "write a sentence with who, which or that"),
    (&["is none for", "are none for"], "write is not valid in, or does not apply to"),
    (&["what became of", "what becomes of"], "write the result of"),
    (&["at leisure"], "write in the background, or on the blocking pool"),
    (&["let go", "lets go", "letting"], "write drop, release, delete or allow"),
    (&["known of"], "write must be known"),
    (&["cut off", "cuts off"], "write disconnect, or truncate"),
    (&["says no", "say no", "said no"], "write reject"),
    (&["who sends", "who takes", "who asks", "who reads"], "name the subject: a client that ..."),
    (&["colour", "colours", "coloured"], "write color"),
    (&["behaviour", "behaviours"], "write behavior"),
    (&["neighbour", "neighbours", "neighbouring"], "write neighbor"),
    (&["favour", "favours", "favourite"], "write favor"),
    (&["honour", "honours", "honoured"], "write honor"),
    (&["licence", "licences"], "write license"),
    (&["centre", "centres"], "write center"),
    (&["grey"], "write gray"),
    (&["whilst"], "write while"),
    (&["amongst"], "write among"),
    (&["labelled", "modelled", "misspelt", "spelt", "burnt", "dreamt"], "write the American form in -ed"),
    (&["analyse", "analysed", "catalogue", "artefact", "programme", "defence"], "write the American form"),
    (
        &[
            "authorise",
            "authorised",
            "initialise",
            "initialised",
            "maximise",
            "minimise",
            "normalise",
            "normalised",
            "optimise",
            "optimised",
            "organisation",
            "organise",
            "organised",
            "recognise",
            "recognised",
            "recognises",
            "serialise",
            "serialised",
            "serialises",
            "summarise",
            "synchronise",
            "synchronised",
        ],
        "write it with z",
    ),
];

/// Spellings that differ by their capitals alone.
const SPELLINGS: &[(&str, &str)] = &[
    ("Whatsapp", "write WhatsApp"),
    ("Api", "write API"),
    ("Openapi", "write OpenAPI"),
    ("Postgres", "write PostgreSQL"),
];

/// A word with its line, as it is written and in lower case.
struct Word {
    line: usize,
    written: String,
    lower: String,
}

/// Returns the words of a passage to avoid, each with its line and what to write instead.
pub fn to_avoid(passage: &Passage) -> Vec<(usize, String, &'static str)> {
    let words = words(passage);
    let mut found = Vec::new();
    for (phrases, instead) in WORDS {
        for phrase in *phrases {
            let parts: Vec<&str> = phrase.split(' ').collect();
            for window in words.windows(parts.len()) {
                if window.iter().zip(&parts).all(|(word, part)| word.lower == *part) {
                    let written: Vec<&str> = window.iter().map(|word| word.written.as_str()).collect();
                    found.push((window[0].line, written.join(" "), *instead));
                }
            }
        }
    }
    for word in &words {
        let spelling = SPELLINGS.iter().find(|(spelling, _)| word.written == *spelling);
        found.extend(spelling.map(|(_, instead)| (word.line, word.written.clone(), *instead)));
    }
    found.extend(dash_chains(passage).map(|line| (line, "a chain of dashes".to_owned(), "write sentences")));
    found
}

fn words(passage: &Passage) -> Vec<Word> {
    let mut words = Vec::new();
    for (line, text) in &passage.lines {
        let parts = text.split(|letter: char| !(letter.is_alphanumeric() || "'_`-/.:".contains(letter)));
        for part in parts {
            let written = part.trim_matches(['\'', '-', '/', '.', ':', '_']);
            if !written.is_empty() {
                words.push(Word { line: *line, written: written.to_owned(), lower: written.to_lowercase() });
            }
        }
    }
    words
}

/// Returns the lines of sentences with two dashes or more.
fn dash_chains(passage: &Passage) -> impl Iterator<Item = usize> {
    let mut dashes = 0;
    passage.lines.iter().filter_map(move |(line, text)| {
        let mut is_chain = false;
        for part in text.split_inclusive(['.', '!', '?', ':', '|']) {
            dashes += part.matches('—').count() + part.matches(" – ").count();
            is_chain |= dashes > 1;
            if part.ends_with(['.', '!', '?', ':', '|']) || is_chain {
                dashes = 0;
            }
        }
        is_chain.then_some(*line)
    })
}
