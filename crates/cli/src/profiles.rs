//! Profiles: services with the tenant and key to ask them as, in a file that is the user's alone.

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

/// The profile when none is named, here or in the file.
const DEFAULT: &str = "default";

/// What is known of a service.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    pub url: Option<String>,
    #[serde(default, deserialize_with = "parsed")]
    pub tenant_id: Option<TenantId>,
    #[serde(default, deserialize_with = "api_key")]
    pub api_key: Option<ApiKey>,
    #[serde(default, deserialize_with = "parsed")]
    pub utc_offset: Option<UtcOffset>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    default_profile: Option<String>,
    #[serde(default)]
    profiles: BTreeMap<String, Profile>,
}

/// The file, which need not be there.
pub struct Profiles {
    path: PathBuf,
    document: DocumentMut,
    content: Content,
}

impl Profiles {
    pub fn read() -> anyhow::Result<Self> {
        let path = path()?;
        let text = private_text(&path)?;
        let document: DocumentMut = text.parse().map_err(|wrong: TomlError| {
            anyhow!("{} is not TOML; correct that line", place(&path, &text, wrong.span()))
        })?;
        let content = toml_edit::de::from_str(&text).map_err(|wrong| {
            anyhow!(
                "{} is not what profiles have; expected default_profile, and url, tenant_id, api_key and utc_offset \
                 under [profiles.NAME]",
                place(&path, &text, wrong.span())
            )
        })?;
        Ok(Self { path, document, content })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The name that is meant: the one that is given, the file's default, or the one that all have.
    pub fn name(&self, given: Option<&str>) -> String {
        given.or(self.content.default_profile.as_deref()).unwrap_or(DEFAULT).to_owned()
    }

    /// The profiles by their names, in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Profile)> {
        self.content.profiles.iter()
    }

    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.content.profiles.keys()
    }

    /// Makes a profile that is there the default one.
    pub fn make_default(&mut self, name: &str) -> anyhow::Result<()> {
        if !self.content.profiles.contains_key(name) {
            return Err(self.unknown_of(name));
        }
        match self.document.get_mut("default_profile").and_then(Item::as_value_mut) {
            Some(stored) => {
                // With the comment beside it.
                let decor = stored.decor().clone();
                *stored = name.into();
                *stored.decor_mut() = decor;
            }
            None => self.document["default_profile"] = value(name),
        }
        Ok(())
    }

    /// The profile that is meant. One that nobody named need not be there.
    pub fn find(&self, given: Option<&str>) -> anyhow::Result<Profile> {
        let name = self.name(given);
        match self.content.profiles.get(&name) {
            Some(profile) => Ok(profile.clone()),
            None if given.is_none() && self.content.default_profile.is_none() => Ok(Profile::default()),
            None if given.is_none() => Err(anyhow!(
                "{}, which its default_profile names; `group-dispatch profile use NAME` names another, \
                 `group-dispatch login --profile {name}` makes it",
                self.unknown(&name)
            )),
            None => Err(anyhow!("{}; `group-dispatch login --profile {name}` makes it", self.unknown(&name))),
        }
    }

    /// Reads the file, changes it and writes it; whoever else wants to change it waits until that is done.
    pub fn change<T>(change: impl FnOnce(&mut Self) -> anyhow::Result<T>) -> anyhow::Result<T> {
        let path = path()?;
        // Given back when it is dropped.
        let _lock = lock(&path).with_context(|| format!("cannot lock {}", path.display()))?;
        let mut profiles = Self::read()?;
        let outcome = change(&mut profiles)?;
        profiles.write()?;
        Ok(outcome)
    }

    /// Stores a profile, and keeps all else. The first one is the default from then on.
    pub fn store(&mut self, name: &str, profile: &Profile) -> anyhow::Result<()> {
        if self.content.profiles.is_empty() && name != DEFAULT {
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
            return Err(self.unknown_of(name));
        }
        if self.content.default_profile.as_deref() == Some(name) {
            self.document.remove("default_profile");
        }
        Ok(())
    }

    fn unknown_of(&self, name: &str) -> anyhow::Error {
        let others: Vec<_> = self.names().map(String::as_str).collect();
        let others = if others.is_empty() { "none".to_owned() } else { others.join(", ") };
        anyhow!("{}; those that there are: {others}", self.unknown(name))
    }

    fn unknown(&self, name: &str) -> String {
        format!("there is no profile {name} in {}", self.path.display())
    }

    /// Whoever reads meanwhile gets the old file or the new one, never a part, and nobody else gets to read the new one.
    fn write(&self) -> anyhow::Result<()> {
        // A link, to where settings are kept, stays one.
        let path = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        let write = || -> io::Result<()> {
            let folder = path.parent().unwrap_or(Path::new("."));
            make_private_folder(folder)?;
            // Made readable and writable for the user alone.
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(self.document.to_string().as_bytes())?;
            file.as_file().sync_all()?;
            file.persist(&path)?;
            Ok(())
        };
        write().with_context(|| format!("cannot write {}", path.display()))
    }
}

/// Where the file is, or would be.
fn path() -> anyhow::Result<PathBuf> {
    let folders = etcetera::choose_base_strategy()
        .context("there is no home folder for profiles; use flags or GROUP_DISPATCH_* variables")?;
    Ok(folders.config_dir().join("group-dispatch").join("config.toml"))
}

/// Waits for the turn to change the file. A file of its own is locked, for the one with the profiles is replaced.
fn lock(path: &Path) -> io::Result<File> {
    make_private_folder(path.parent().unwrap_or(Path::new(".")))?;
    let mut options = File::options();
    // Whoever can open it could keep it locked.
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let lock = options.append(true).create(true).open(path.with_extension("lock"))?;
    lock.lock()?;
    Ok(lock)
}

/// What stands in the file, if it is there and the user's alone.
fn private_text(path: &Path) -> anyhow::Result<String> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(String::new()),
        opened => opened.with_context(|| format!("cannot read {}", path.display()))?,
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            bail!("others can get at the keys in {path}; `chmod 600 {path}` keeps them out", path = path.display());
        }
    }
    let mut text = String::new();
    file.read_to_string(&mut text).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(text)
}

fn make_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.recursive(true).create(folder)
}

/// Where something is wrong. What stands there is not said, for it may be a key.
fn place(path: &Path, text: &str, span: Option<Range<usize>>) -> String {
    let before = span.and_then(|span| text.get(..span.start)).unwrap_or_default();
    format!("line {} of {}", before.matches('\n').count() + 1, path.display())
}

fn api_key<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<ApiKey>, D::Error> {
    String::deserialize(deserializer).map(|key| Some(ApiKey::new(key)))
}

/// What is written as a text or as a number.
fn parsed<'de, D: Deserializer<'de>, T: FromStr>(deserializer: D) -> Result<Option<T>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Number(u64),
        Text(String),
    }
    let text = match Written::deserialize(deserializer)? {
        Written::Number(number) => number.to_string(),
        Written::Text(text) => text,
    };
    text.parse().map(Some).map_err(|_| de::Error::custom("unexpected"))
}
