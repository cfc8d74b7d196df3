//! The contracts of this server as response bodies: `/openapi.*` and `/ingest/v1/openapi.*`.

use axum::body::Bytes;
use group_dispatch_docs::{Contracts, Forms};

use super::public_url::PublicUrl;

/// Both contracts, as YAML and as JSON.
pub struct ServedContracts {
    pub queries: Bodies,
    pub ingest: Bodies,
}

/// A contract in its two forms.
pub struct Bodies {
    pub yaml: Bytes,
    pub json: Bytes,
}

impl ServedContracts {
    pub fn new(public_url: Option<&PublicUrl>) -> Self {
        let Contracts { queries, ingest } = Contracts::of_server(public_url.map(PublicUrl::as_str));
        Self { queries: queries.into(), ingest: ingest.into() }
    }
}

impl From<Forms> for Bodies {
    fn from(forms: Forms) -> Self {
        Self { yaml: forms.yaml.into_owned().into(), json: forms.json.into_owned().into() }
    }
}
