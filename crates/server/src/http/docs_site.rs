//! The files of the docs site, as they are served.

use std::{collections::HashMap, sync::OnceLock};

use axum::body::Bytes;
use group_dispatch_docs::{Error, File, Place, site, site_at};
use md5::{Digest, Md5};

use super::public_url::PublicUrl;

/// A file as it is sent.
pub struct Served {
    pub media_type: &'static str,
    /// Changes with the file, so that a browser need not load again what it has.
    pub tag: String,
    pub bytes: Bytes,
}

impl Served {
    fn new(file: File) -> (String, Self) {
        let media_type = file.media_type();
        let tag = format!("\"{:x}\"", u128::from_be_bytes(Md5::digest(&file.bytes).into()));
        (file.path, Self { media_type, tag, bytes: Bytes::from(file.bytes.into_owned()) })
    }
}

/// The files by their paths. They are made when one is asked for first: a server whose docs nobody reads has no need of
/// them.
#[derive(Default)]
pub struct Site(OnceLock<Result<HashMap<String, Served>, Error>>);

impl Site {
    pub fn files(&self, public_url: Option<&PublicUrl>) -> Result<&HashMap<String, Served>, &Error> {
        let make = || match public_url {
            Some(url) => site_at(url.as_str()),
            None => site(Place::Server),
        };
        self.0.get_or_init(|| Ok(make()?.into_iter().map(Served::new).collect())).as_ref()
    }
}
