//! The pages of the site: a list in the order of the navigation, and a template for each, filled from the contract.

use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value, context, syntax::SyntaxConfig, value::Serde,
};
use serde::Serialize;
use serde_json::json;

use crate::{
    File, Place, clients, collections,
    contract::{self, Contract},
    edition::Site,
    errors::{self, ErrorPage},
    figures, guides, llms, markdown,
    names::names,
    operations::{self, OperationPage},
    samples, schemas, tables,
};

/// A page, for the navigation and for its own template.
#[derive(Clone, Debug, Serialize)]
struct Page {
    file: String,
    title: String,
    /// Its purpose, in one sentence without markup.
    summary: String,
    /// Its heading in the navigation.
    group: &'static str,
    #[serde(skip)]
    template: &'static str,
}

const TEMPLATES: [(&str, &str); 20] = [
    ("layout.html", include_str!("../templates/layout.html")),
    ("fields.html", include_str!("../templates/fields.html")),
    ("parameters.html", include_str!("../templates/parameters.html")),
    ("samples.html", include_str!("../templates/samples.html")),
    ("index.html", include_str!("../templates/index.html")),
    ("getting-started.html", include_str!("../templates/getting-started.html")),
    ("reference.html", include_str!("../templates/reference.html")),
    ("operation.html", include_str!("../templates/operation.html")),
    ("feeding.html", include_str!("../templates/feeding.html")),
    ("history.html", include_str!("../templates/history.html")),
    ("error.html", include_str!("../templates/error.html")),
    ("errors.html", include_str!("../templates/errors.html")),
    ("codes.html", include_str!("../templates/codes.html")),
    ("decisions.html", include_str!("../templates/decisions.html")),
    ("changelog.html", include_str!("../templates/changelog.html")),
    ("downloads.html", include_str!("../templates/downloads.html")),
    ("guide.html", include_str!("../templates/guide.html")),
    ("clients.html", include_str!("../templates/clients.html")),
    ("names.html", include_str!("../templates/names.html")),
    ("code-table.html", include_str!("../templates/code-table.html")),
];

/// The pages of a site.
pub struct Pages {
    pub files: Vec<File>,
    /// What `llms.txt` says about each.
    pub entries: Vec<llms::Entry>,
}

/// Makes every page.
pub fn all(site: Site<'_>) -> Result<Pages, Error> {
    let environment = environment()?;
    let operations = operations::of(&contract::QUERIES)?;
    let pages = pages(&operations);
    let error_pages = errors::all();
    let guides = guides::all()?;
    let mut guides = vec![
        ("command.html", guides.command),
        ("server.html", guides.server),
        ("changes.html", guides.changes),
        ("webhooks.html", guides.webhooks),
        ("postgresql.html", guides.postgresql),
        ("rust.html", guides.rust),
    ];
    guides.extend(contract::ALL.map(|Contract { changelog, .. }| (changelog.page, markdown::document(changelog.text))));
    let clients = clients::rows().map_err(|error| {
        Error::new(ErrorKind::BadSerialization, "clients.json: expected an array of rows").with_source(error)
    })?;
    let shown = context! {
        info => Serde(&contract::QUERIES.document()["info"]),
        pages => Serde(&pages),
        operations => Serde(&operations),
        first_program => samples::first_program(),
        error_pages => Serde(&error_pages),
        on_server => site.place() == Place::Server,
        edition => site.edition().map(|edition| context! { folder => edition.folder(), base_url => edition.base_url.clone() }),
        latest => Value::from_safe_string(figures::escaped(&site.edition().map(|_| site.latest()).unwrap_or_default())),
        servers => Serde(servers(site.server_url())),
        errors => Serde(tables::codes("BusinessCode")),
        sources => Serde(tables::codes("Source")),
        statuses => Serde(tables::codes("AccountStatus")),
        behaviors => Serde(tables::behaviors()),
        signing => Serde(&contract::QUERIES.document()["components"]["securitySchemes"]),
        schemas => Serde(&contract::QUERIES.document()["components"]["schemas"]),
        models => schemas::names(),
        environments => collections::environments(),
        newman_script => samples::NEWMAN,
        bruno_script => samples::BRUNO,
        ingest => Serde(contract::INGEST.document()),
        history => Serde(contract::HISTORY.document()),
        history_operations => Serde(operations::of(&contract::HISTORY)?),
        contracts => Serde(contract::ALL.map(|Contract { name, subject, collection, .. }| {
            json!({ "name": name, "subject": subject, "collection": collection.name, "requests": collection.summary })
        })),
        names => Serde(names()),
        clients => Serde(clients),
        feed_program => samples::FEED,
        decisions => Value::from_safe_string(markdown::decisions()),
    };
    let page = |page: &Page| -> Result<File, Error> {
        let error = error_pages.iter().find(|error| error.file == page.file);
        let operation = operations.iter().find(|operation| file_of(operation) == page.file);
        let guide = guides.iter().find(|(file, _)| *file == page.file).map(|(_, html)| html.clone());
        let guide = guide.map(Value::from_safe_string);
        let template = environment.get_template(page.template)?;
        Ok(File::new(
            page.file.clone(),
            template.render(context! { page => Serde(page), operation => Serde(operation), error => Serde(error), guide, ..shown.clone() })?,
        ))
    };
    let of_errors: Vec<Page> = error_pages.iter().map(page_of_error).collect();
    let all = pages.iter().chain(&of_errors);
    let entries = all.clone().map(|page| llms::Entry {
        group: page.group,
        file: page.file.clone(),
        title: page.title.clone(),
        summary: page.summary.clone(),
    });
    Ok(Pages { entries: entries.collect(), files: all.map(page).collect::<Result<_, Error>>()? })
}

/// Returns the page on an error, which the navigation does not list.
fn page_of_error(error: &ErrorPage) -> Page {
    Page {
        file: error.file.clone(),
        title: error.title.clone(),
        summary: error.meaning.clone(),
        group: "Errors",
        template: "error.html",
    }
}

/// Returns the servers of the contract. If `url` is known, it replaces the server on the reader's own machine.
fn servers(url: Option<&str>) -> Vec<serde_json::Value> {
    let listed = contract::QUERIES.document()["servers"].as_array().into_iter().flatten().cloned();
    let Some(url) = url else { return listed.collect() };
    let here = json!({ "url": url, "description": "This server" });
    let is_local =
        |server: &serde_json::Value| server["url"].as_str().is_some_and(|url| url.starts_with("http://127."));
    listed.map(|server| if is_local(&server) { here.clone() } else { server }).collect()
}

fn environment() -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.add_filter("markdown", |text: &str| Value::from_safe_string(markdown::html(text)));
    environment.add_filter("sentence", samples::capitalized);
    environment.add_filter("line", |text: &str| Value::from_safe_string(markdown::line(text)));
    environment.add_filter("breakable", |name: &str| Value::from_safe_string(breakable(name)));
    for (name, template) in TEMPLATES {
        environment.add_template(name, template)?;
    }
    Ok(environment)
}

/// Returns a name that a narrow column may break between its words: before capitals, and after separators.
fn breakable(name: &str) -> String {
    let piece = |letter: char| match letter {
        'A'..='Z' => format!("<wbr>{letter}"),
        '/' | '_' | ':' => format!("{letter}<wbr>"),
        other => figures::escaped(&other.to_string()),
    };
    name.chars().map(piece).collect()
}

fn file_of(operation: &OperationPage) -> String {
    format!("{}.html", operation.id)
}

/// Returns all pages, in the order of the navigation.
fn pages(operations: &[OperationPage]) -> Vec<Page> {
    let page = |group, template: &'static str, title: &str, summary: &str| Page {
        file: template.to_owned(),
        title: title.to_owned(),
        summary: summary.to_owned(),
        group,
        template,
    };
    let mut pages = vec![
        page("Start", "index.html", "Overview", "What you can do with it, and the queries at a glance."),
        page(
            "Start",
            "getting-started.html",
            "Getting started",
            "From nothing to a first signed call, with the signature worked out step by step.",
        ),
    ];
    pages.extend(operations.iter().map(|operation| Page {
        file: file_of(operation),
        title: operation.id.clone(),
        summary: operation.summary.clone(),
        group: "Operations",
        template: "operation.html",
    }));
    let guide = |file: &str, title: &str, summary: &str| Page {
        file: file.to_owned(),
        ..page("Guides", "guide.html", title, summary)
    };
    pages.extend([
        guide("command.html", "The command", "How to query from a terminal, and the flags of each command."),
        guide("server.html", "The server", "How to run a server of your own, feed it, and operate it."),
        guide(
            "changes.html",
            "Reading changes",
            "How a program gets what happens as it is stored, also through nginx.",
        ),
        guide("webhooks.html", "Webhooks", "Messages when something happens that somebody should know."),
        guide("postgresql.html", "PostgreSQL", "How the server stores its log in PostgreSQL, and how far that scales."),
        guide("rust.html", "Rust crates", "The client, the mocks and their examples."),
        page(
            "Guides",
            "clients.html",
            "Clients in other languages",
            "Generators that make a client from the contract, and what the tests found for each.",
        ),
        page(
            "Reference",
            "names.html",
            "Names",
            "The name of each operation in the contract, in Rust, in the command and in the mocks.",
        ),
        page("Reference", "reference.html", "Interactive reference", "Every operation and model, to open and try."),
        page("Reference", "feeding.html", "Feeding events", "How status events get into a group-dispatch-server."),
        page("Reference", "history.html", "History", "How all stored events are read, and what nobody could see."),
        page("Reference", "errors.html", "Errors", "Each code of a response: what it means, and what to do about it."),
        page("Reference", "codes.html", "Codes", "Sources, statuses of accounts, and what happened to them."),
        page(
            "Reference",
            "decisions.html",
            "Decisions",
            "Where the vendor's page is silent or contradicts itself: what is sent, and what is accepted.",
        ),
        page(
            "Contract",
            "downloads.html",
            "Downloads",
            "The contract, collections for Postman and Bruno, and a JSON Schema for each model.",
        ),
    ]);
    pages.extend(contract::ALL.iter().map(|Contract { subject, changelog, .. }| {
        let summary = format!("What changed in the contract of {subject}, by version.");
        Page { file: changelog.page.to_owned(), ..page("Contract", "changelog.html", changelog.title, &summary) }
    }));
    pages
}
