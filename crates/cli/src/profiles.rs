//! The file of profiles: addresses of services with tenants and keys, readable by the user only.
//!
//! Used by `login`, `logout`, `profile`, and each command that takes `--profile`.

use std::{
    collections::BTreeMap,
    fs::{self, DirBuilder, File},
    io::{self, Read, Write},
    ops::Range,
    path::{Path, PathBuf},
    str::FromStr,
};

use anyhow::{Context, anyhow, bail};
use etcetera::BaseStrategy;
use group_dispatch_client::{ApiKey, TenantId};
use group_dispatch_types::UtcOffset;
use serde::{Deserialize, Deserializer, de};
use toml_edit::{DocumentMut, Item, Table, TomlError, value};

use crate::redact::{HIDDEN, SHORTEST_KEY, looks_like_key};

/// The default profile, unless the file names another.
const DEFAULT_PROFILE: &str = "default";

/// A service, as far as the file describes it.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    pub url: Option<String>,
    #[serde(default, deserialize_with = "deserialize_parsed")]
    pub tenant_id: Option<TenantId>,
    #[serde(default, deserialize_with = "deserialize_api_key")]
    pub api_key: Option<ApiKey>,
    #[serde(default, deserialize_with = "deserialize_parsed")]
    pub utc_offset: Option<UtcOffset>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    default_profile: Option<String>,
    #[serde(default)]
    profiles: BTreeMap<String, Profile>,
}

/// The file, which may be missing.
pub struct Profiles {
    path: PathBuf,
    document: DocumentMut,
    content: Content,
}

impl Profiles {
    /// Reads the file. A missing file has no profiles.
    ///
    /// # Errors
    /// If the file is invalid, or others can read it.
    pub fn read() -> anyhow::Result<Self> {
        let path = config_path()?;
        let text = read_private(&path)?;
        let document: DocumentMut = text.parse().map_err(|error: TomlError| {
            anyhow!("{} is not valid TOML; correct this line", describe_line(&path, &text, error.span()))
        })?;
        let content = toml_edit::de::from_str(&text).map_err(|error| {
            anyhow!(
                "{} is not a valid profile; expected default_profile, and url, tenant_id, api_key and utc_offset \
                 under [profiles.NAME]",
                describe_line(&path, &text, error.span())
            )
        })?;
        Ok(Self { path, document, content })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the name of the selected profile: the given one, the file's default, or `default`.
    pub fn resolve_name(&self, given: Option<&str>) -> String {
        given.or(self.content.default_profile.as_deref()).unwrap_or(DEFAULT_PROFILE).to_owned()
    }

    /// Returns the profiles by name, in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Profile)> {
        self.content.profiles.iter()
    }

    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.content.profiles.keys()
    }

    /// Makes an existing profile the default profile.
    pub fn set_default(&mut self, name: &str) -> anyhow::Result<()> {
        if !self.content.profiles.contains_key(name) {
            return Err(self.unknown_profile(name));
        }
        match self.document.get_mut("default_profile").and_then(Item::as_value_mut) {
            Some(stored) => {
                // Keeps the comment beside it.
                let decor = stored.decor().clone();
                *stored = name.into();
                *stored.decor_mut() = decor;
            }
            None => self.document["default_profile"] = value(name),
        }
        Ok(())
    }

    /// Finds the selected profile. If neither the user nor the file names a profile, it may be missing.
    pub fn find(&self, given: Option<&str>) -> anyhow::Result<Profile> {
        let name = self.resolve_name(given);
        match self.content.profiles.get(&name) {
            Some(profile) => Ok(profile.clone()),
            None if given.is_none() && self.content.default_profile.is_none() => Ok(Profile::default()),
            None if given.is_none() => Err(anyhow!(
                "{}, which its default_profile names; `group-dispatch profile use NAME` selects another, \
                 `group-dispatch login --profile {}` creates it",
                self.describe_unknown(&name),
                display_name(&name)
            )),
            None => Err(anyhow!(
                "{}; `group-dispatch login --profile {}` creates it",
                self.describe_unknown(&name),
                display_name(&name)
            )),
        }
    }

    /// Reads the file, changes it and writes it. Other processes that change it wait until it is written.
    pub fn change<T>(change: impl FnOnce(&mut Self) -> anyhow::Result<T>) -> anyhow::Result<T> {
        let path = config_path()?;
        // Released when it is dropped.
        let _lock = lock(&path).with_context(|| format!("cannot lock {}", path.display()))?;
        let mut profiles = Self::read()?;
        let result = change(&mut profiles)?;
        profiles.write()?;
        Ok(result)
    }

    /// Stores a profile, and keeps the rest of the file. The first profile becomes the default profile.
    pub fn store(&mut self, name: &str, profile: &Profile) -> anyhow::Result<()> {
        if self.content.profiles.is_empty() && name != DEFAULT_PROFILE {
            self.document["default_profile"] = value(name);
        }
        let profiles = self.document.entry("profiles").or_insert_with(|| {
            let mut table = Table::new();
            table.set_implicit(true);
            Item::Table(table)
        });
        let stored = profiles.as_table_like_mut().context("the profiles are not a table")?;
        let stored = stored.entry(name).or_insert_with(|| Item::Table(Table::new()));
        let stored = stored.as_table_like_mut().context("the profile is not a table")?;
        let members = [
            ("url", profile.url.clone()),
            ("tenant_id", profile.tenant_id.map(|id| id.to_string())),
            ("api_key", profile.api_key.as_ref().map(|key| key.expose().to_owned())),
            ("utc_offset", profile.utc_offset.map(|offset| offset.to_string())),
        ];
        for (member, text) in members {
            match text {
                Some(text) => stored.insert(member, value(text)),
                None => stored.remove(member),
            };
        }
        Ok(())
    }

    /// Removes a profile.
    pub fn remove(&mut self, name: &str) -> anyhow::Result<()> {
        let profiles = self.document.get_mut("profiles").and_then(Item::as_table_like_mut);
        if profiles.and_then(|profiles| profiles.remove(name)).is_none() {
            return Err(self.unknown_profile(name));
        }
        if self.content.default_profile.as_deref() == Some(name) {
            self.document.remove("default_profile");
        }
        Ok(())
    }

    fn unknown_profile(&self, name: &str) -> anyhow::Error {
        let others: Vec<_> = self.names().map(String::as_str).collect();
        let others = if others.is_empty() { "none".to_owned() } else { others.join(", ") };
        anyhow!("{}; existing profiles: {others}", self.describe_unknown(name))
    }

    fn describe_unknown(&self, name: &str) -> String {
        let hint = if is_secret(name) { " (not shown, because it may be a key)" } else { "" };
        format!("there is no profile {}{hint} in {}", display_name(name), self.path.display())
    }

    /// Replaces the file atomically: a reader sees the old file or the new one. Only the user can read it.
    fn write(&self) -> anyhow::Result<()> {
        // If the file is a symbolic link, replaces its target.
        let path = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        let write = || -> io::Result<()> {
            let folder = path.parent().unwrap_or(Path::new("."));
            create_private_folder(folder)?;
            // Temporary files are readable and writable by the user only.
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(self.document.to_string().as_bytes())?;
            file.as_file().sync_all()?;
            file.persist(&path)?;
            Ok(())
        };
        write().with_context(|| format!("cannot write {}", path.display()))
    }
}

/// Returns a name for messages, unless it looks like a key that was given in its place, or like an address, which may have a
/// password.
fn display_name(name: &str) -> &str {
    if is_secret(name) { HIDDEN } else { name }
}

fn is_secret(name: &str) -> bool {
    looks_like_key(name, SHORTEST_KEY) || name.contains([':', '@', '/'])
}

/// Returns the path of the file.
fn config_path() -> anyhow::Result<PathBuf> {
    let folders = etcetera::choose_base_strategy()
        .context("there is no home folder for profiles; use flags or GROUP_DISPATCH_* variables")?;
    Ok(folders.config_dir().join("group-dispatch").join("config.toml"))
}

/// Waits for the lock. The lock is a file of its own, because the file of profiles is replaced.
fn lock(path: &Path) -> io::Result<File> {
    create_private_folder(path.parent().unwrap_or(Path::new(".")))?;
    let mut options = File::options();
    // Any user who can open it could keep it locked.
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let lock = options.append(true).create(true).open(path.with_extension("lock"))?;
    lock.lock()?;
    Ok(lock)
}

/// Reads the file. Returns an empty text if it is missing.
///
/// # Errors
/// If others can read or write it.
fn read_private(path: &Path) -> anyhow::Result<String> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(String::new()),
        opened => opened.with_context(|| format!("cannot read {}", path.display()))?,
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            bail!("other users can read the keys in {path}; run `chmod 600 {path}`", path = path.display());
        }
    }
    let mut text = String::new();
    file.read_to_string(&mut text).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(text)
}

fn create_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.recursive(true).create(folder)
}

/// Returns the line of an error, without its content, which may be a key.
fn describe_line(path: &Path, text: &str, span: Option<Range<usize>>) -> String {
    let before = span.and_then(|span| text.get(..span.start)).unwrap_or_default();
    format!("line {} of {}", before.matches('\n').count() + 1, path.display())
}

fn deserialize_api_key<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<ApiKey>, D::Error> {
    String::deserialize(deserializer).map(|key| Some(ApiKey::new(key)))
}

/// Parses a value that is written as a string or as a number.
fn deserialize_parsed<'de, D: Deserializer<'de>, T: FromStr>(deserializer: D) -> Result<Option<T>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum StringOrNumber {
        Number(u64),
        Text(String),
    }
    let text = match StringOrNumber::deserialize(deserializer)? {
        StringOrNumber::Number(number) => number.to_string(),
        StringOrNumber::Text(text) => text,
    };
    text.parse().map(Some).map_err(|_| de::Error::custom("unexpected"))
}
