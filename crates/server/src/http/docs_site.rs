//! The files of the docs site, as the server sends them.

use std::{collections::HashMap, sync::OnceLock};

use axum::body::Bytes;
use group_dispatch_docs::{Error, File, Place, site, site_at};
use md5::{Digest, Md5};

use super::public_url::PublicUrl;

/// A file and its headers.
pub struct ServedFile {
    pub media_type: &'static str,
    /// The `ETag`, a hash of the file.
    pub tag: String,
    pub bytes: Bytes,
}

impl ServedFile {
    fn new(file: File) -> (String, Self) {
        let media_type = file.media_type();
        let tag = format!("\"{:x}\"", u128::from_be_bytes(Md5::digest(&file.bytes).into()));
        (file.path, Self { media_type, tag, bytes: Bytes::from(file.bytes.into_owned()) })
    }
}

/// The files by path. They are rendered when the first one is requested.
#[derive(Default)]
pub struct Site(OnceLock<Result<HashMap<String, ServedFile>, Error>>);

impl Site {
    pub fn files(&self, public_url: Option<&PublicUrl>) -> Result<&HashMap<String, ServedFile>, &Error> {
        let render = || match public_url {
            Some(url) => site_at(url.as_str()),
            None => site(Place::Server),
        };
        self.0.get_or_init(|| Ok(render()?.into_iter().map(ServedFile::new).collect())).as_ref()
    }
}
