//! The `Content-Encoding` of a request's body (D43): which one it is, and decoding within a limit.

use std::io::{ErrorKind, Read};

use axum::{
    body::Bytes,
    http::{HeaderMap, header::CONTENT_ENCODING},
};
use flate2::bufread::GzDecoder;
use group_dispatch_types::BusinessCode;

use crate::http::error::Failure;

/// Names of codings in an error are cut after this many characters.
const LONGEST_NAME: usize = 32;
/// How many codings an error names.
const MOST_NAMES: usize = 4;

/// How a body is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentCoding {
    Identity,
    Gzip,
}

impl ContentCoding {
    /// Reads it from the headers. `identity` is no coding.
    ///
    /// # Errors
    /// 415 for any other coding, and for several: the error names them.
    pub fn of(headers: &HeaderMap) -> Result<Self, Failure> {
        if !headers.contains_key(CONTENT_ENCODING) {
            return Ok(Self::Identity);
        }
        let values = headers.get_all(CONTENT_ENCODING).iter();
        let codings = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b',')).map(<[u8]>::trim_ascii);
        let codings: Vec<_> =
            codings.filter(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case(b"identity")).collect();
        match codings.as_slice() {
            [] => Ok(Self::Identity),
            // RFC 9110, 8.4.1.3: `x-gzip` is the same.
            [one] if one.eq_ignore_ascii_case(b"gzip") || one.eq_ignore_ascii_case(b"x-gzip") => Ok(Self::Gzip),
            _ => Err(unsupported(&codings)),
        }
    }

    /// The most bytes of an encoded body whose content may have `limit` bytes: gzip makes what can't be compressed a little
    /// longer. A longer body is not read any further, even if nothing comes out of it.
    pub fn encoded_limit(self, limit: usize) -> usize {
        match self {
            Self::Identity => limit,
            Self::Gzip => limit.saturating_add(limit / 256).saturating_add(1024),
        }
    }

    /// The content of a body. No more than `limit` bytes of it are ever decoded.
    ///
    /// # Errors
    /// 413 if the content is longer than `limit`, 400 if the body is not gzip from its first byte to its last.
    pub fn decode(self, body: Bytes, limit: usize) -> Result<Bytes, Failure> {
        match self {
            Self::Identity => Ok(body),
            // A request without content has no gzip header either.
            Self::Gzip if body.is_empty() => Ok(body),
            Self::Gzip => gunzip(&body, limit).map(Bytes::from),
        }
    }
}

fn gunzip(body: &[u8], limit: usize) -> Result<Vec<u8>, Failure> {
    let (mut content, mut rest) = (Vec::new(), body);
    // One member after the other, as several of them are gzip as well.
    while !rest.is_empty() {
        if !content_may_follow(rest, body) {
            return Err(Failure::bad_request(
                "body: expected gzip, as Content-Encoding says, but there are other bytes after its end",
            ));
        }
        let mut member = GzDecoder::new(rest);
        let most = limit.saturating_sub(content.len()).saturating_add(1);
        let most = u64::try_from(most).unwrap_or(u64::MAX);
        member.by_ref().take(most).read_to_end(&mut content).map_err(|error| {
            Failure::bad_request(match error.kind() {
                ErrorKind::UnexpectedEof => "body: expected gzip, as Content-Encoding says, but it ends in the middle",
                _ => "body: expected gzip, as Content-Encoding says, but it is no valid gzip",
            })
        })?;
        if content.len() > limit {
            return Err(too_large(limit));
        }
        rest = member.into_inner();
    }
    Ok(content)
}

/// Whether the rest is the whole body or begins as a member of gzip does.
fn content_may_follow(rest: &[u8], body: &[u8]) -> bool {
    const MAGIC: &[u8] = b"\x1f\x8b";
    rest.len() == body.len() || rest.starts_with(MAGIC) || MAGIC.starts_with(rest)
}

/// The failure of a body that is longer than the limit, encoded or not.
pub fn too_large(limit: usize) -> Failure {
    Failure::new(BusinessCode::BodyTooLarge, format!("body: expected at most {limit} bytes"))
}

fn unsupported(codings: &[&[u8]]) -> Failure {
    let names: Vec<_> = codings.iter().take(MOST_NAMES).map(|coding| name(coding)).collect();
    let more = if codings.len() > MOST_NAMES { ", ..." } else { "" };
    let message = format!("Content-Encoding: expected gzip or identity, found {}{more}", names.join(", "));
    Failure::new(BusinessCode::UnsupportedMediaType, message).with_accept_encoding()
}

/// A coding as an error shows it: its name if it can be one.
fn name(coding: &[u8]) -> String {
    let is_of_a_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.+*".contains(byte);
    if coding.len() <= LONGEST_NAME && coding.iter().all(is_of_a_name) {
        String::from_utf8_lossy(coding).to_ascii_lowercase()
    } else {
        "an invalid name".to_owned()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Write;

    use axum::http::HeaderValue;
    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn coding(values: &[&'static str]) -> Result<ContentCoding, String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(CONTENT_ENCODING, HeaderValue::from_static(value));
        }
        ContentCoding::of(&headers).map_err(|failure| failure.message().to_owned())
    }

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn gzip_and_identity_are_accepted_and_all_else_is_named() {
        for values in [&[][..], &[""], &["identity"], &["Identity, identity"], &[" , "]] {
            assert_eq!(coding(values), Ok(ContentCoding::Identity), "{values:?}");
        }
        for values in [&["gzip"][..], &["GZIP"], &["x-gzip"], &["identity", "gzip"], &["gzip, identity"]] {
            assert_eq!(coding(values), Ok(ContentCoding::Gzip), "{values:?}");
        }
        for (values, found) in [
            (&["br"][..], "br"),
            (&["Deflate"], "deflate"),
            (&["gzip, gzip"], "gzip, gzip"),
            (&["gzip", "br"], "gzip, br"),
            (&["8618217331411 jack"], "an invalid name"),
            (&["a,b,c,d,e"], "a, b, c, d, ..."),
        ] {
            let message = format!("Content-Encoding: expected gzip or identity, found {found}");
            assert_eq!(coding(values), Err(message), "{values:?}");
        }
    }

    #[test]
    fn content_is_decoded_up_to_its_limit_from_members_that_follow_each_other() {
        let body = [gzip(b"{\"source\""), gzip(b""), gzip(b": 1}")].concat();
        let decode = |body: &[u8], limit| ContentCoding::Gzip.decode(Bytes::copy_from_slice(body), limit);
        assert_eq!(decode(&body, 13).unwrap(), &b"{\"source\": 1}"[..]);
        assert_eq!(decode(&body, 12).unwrap_err().message(), "body: expected at most 12 bytes");
        assert_eq!(decode(b"", 12).unwrap(), &b""[..]);
    }

    #[test]
    fn what_is_no_gzip_is_refused_wherever_it_is_broken() {
        let whole = gzip(b"{\"source\": 1}");
        let decode = |body: &[u8]| ContentCoding::Gzip.decode(Bytes::copy_from_slice(body), 1000);
        for length in 1..whole.len() {
            let message = decode(&whole[..length]).unwrap_err().message().to_owned();
            assert!(message.ends_with("it ends in the middle"), "{length}: {message}");
        }
        let checksum = whole.len() - 8;
        let mut changed = whole.clone();
        changed[checksum] ^= 1;
        for body in [b"{\"source\": 1}".to_vec(), changed] {
            let message = decode(&body).unwrap_err().message().to_owned();
            assert!(message.ends_with("it is no valid gzip"), "{message}");
        }
        let trailing = [&whole[..], b"what comes after it"].concat();
        let message = decode(&trailing).unwrap_err().message().to_owned();
        assert!(message.ends_with("there are other bytes after its end"), "{message}");
    }

    #[test]
    fn what_cannot_be_compressed_fits_into_the_encoded_limit() {
        for length in [0, 1, 1000, 65_536, 8 * 1024 * 1024] {
            let content: Vec<u8> = std::iter::repeat_with(|| fastrand::u8(..)).take(length).collect();
            let mut encoder = GzEncoder::new(Vec::new(), Compression::none());
            encoder.write_all(&content).unwrap();
            assert!(encoder.finish().unwrap().len() <= ContentCoding::Gzip.encoded_limit(length), "{length}");
        }
    }
}
