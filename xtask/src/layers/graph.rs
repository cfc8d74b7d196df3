//! Which files of a crate import which, and the circles among them.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use super::imports::{DeclaredModule, Imports, ModulePath, modules};

/// The files of a crate by module, with the modules that each imports.
pub struct Graph {
    files: BTreeMap<String, String>,
    imports: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    /// Reads the crate in the folder `krate` of the workspace at `root`: its library or program, and all modules of that.
    ///
    /// # Errors
    /// If a file can't be read, or is not Rust.
    pub fn read(root: &Path, krate: &str) -> Result<Self> {
        let mut code = BTreeMap::new();
        for (name, entry) in [("lib.rs", "crate"), ("main.rs", "main")] {
            let file = Path::new(krate).join("src").join(name);
            if root.join(&file).exists() {
                read(root, &file, vec![entry.to_owned()], &mut code)?;
            }
        }
        let mut imports = BTreeMap::new();
        for (module, (file, text)) in &code {
            let named = Imports::read(text, &module[1..].to_vec()).with_context(|| format!("in {}", file.display()))?;
            imports.insert(module.clone(), named);
        }
        let mut graph = Self { files: BTreeMap::new(), imports: BTreeMap::new() };
        for (module, named) in &imports {
            let entry = &module[..1];
            let targets = named.used.iter().filter_map(|path| defined_in(&[entry, path].concat(), &imports));
            let targets = targets.filter(|target| target != module).map(|target| name_of(&target));
            graph.imports.insert(name_of(module), targets.collect());
            graph.files.insert(name_of(module), code[module].0.display().to_string());
        }
        Ok(graph)
    }

    /// Each module with its file.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(module, file)| (module.as_str(), file.as_str()))
    }

    /// The modules that one imports, each with its file.
    pub fn imports_of(&self, module: &str) -> impl Iterator<Item = (&str, &str)> {
        let imported = self.imports.get(module).into_iter().flatten();
        imported.map(|module| (module.as_str(), self.files[module].as_str()))
    }

    /// The files of each group in which every one reaches every other, with the shortest way round.
    pub fn circles(&self) -> Vec<(Vec<String>, Vec<String>)> {
        let reach: BTreeMap<&str, BTreeSet<&str>> =
            self.imports.keys().map(|module| (module.as_str(), self.reached_from(module))).collect();
        let mut circles = BTreeSet::new();
        for (module, reached) in &reach {
            let circle: Vec<&str> = reached.iter().filter(|other| reach[*other].contains(module)).copied().collect();
            circles.insert(circle);
        }
        let files = |modules: &[&str]| modules.iter().map(|module| self.files[*module].clone()).collect();
        let circles = circles.iter().filter(|circle| !circle.is_empty());
        circles
            .map(|circle| {
                let ways = circle.iter().filter_map(|module| self.way_round(module));
                (files(circle), files(&ways.min_by_key(Vec::len).unwrap_or_default()))
            })
            .collect()
    }

    /// The shortest way from a module back to it.
    fn way_round<'a>(&'a self, start: &'a str) -> Option<Vec<&'a str>> {
        let mut ways = VecDeque::from([vec![start]]);
        let mut seen = BTreeSet::new();
        while let Some(way) = ways.pop_front() {
            for (next, _) in self.imports_of(way.last()?) {
                if next == start {
                    return Some(way);
                }
                if seen.insert(next) {
                    ways.push_back([way.as_slice(), &[next]].concat());
                }
            }
        }
        None
    }

    fn reached_from(&self, module: &str) -> BTreeSet<&str> {
        let mut reached = BTreeSet::new();
        let mut waiting: Vec<&str> = self.imports_of(module).map(|(module, _)| module).collect();
        while let Some(module) = waiting.pop() {
            if reached.insert(module) {
                waiting.extend(self.imports_of(module).map(|(module, _)| module));
            }
        }
        reached
    }
}

/// The module that defines what a path names: it may stand in another that exports it again.
fn defined_in(path: &[String], imports: &BTreeMap<ModulePath, Imports>) -> Option<ModulePath> {
    let module = (1..=path.len()).rev().map(|length| &path[..length]).find(|path| imports.contains_key(*path))?;
    let exported = path.get(module.len()).and_then(|name| imports[module].exported.get(name));
    match exported {
        Some(exported) => {
            let rest = &path[module.len() + 1..];
            defined_in(&[&module[..1], exported, rest].concat(), imports)
        }
        None => Some(module.to_vec()),
    }
}

fn name_of(module: &[String]) -> String {
    if module.len() == 1 { module[0].clone() } else { module[1..].join("::") }
}

type Code = BTreeMap<ModulePath, (PathBuf, String)>;

/// Reads a file, and the modules that it declares.
fn read(root: &Path, file: &Path, module: ModulePath, code: &mut Code) -> Result<()> {
    let text = fs::read_to_string(root.join(file)).with_context(|| format!("cannot read {}", file.display()))?;
    let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let folder = file.parent().unwrap_or(file);
    let folder = if ["lib", "main", "mod"].contains(&stem) { folder.to_owned() } else { folder.join(stem) };
    for child in modules(&text).with_context(|| format!("in {}", file.display()))? {
        let DeclaredModule { name, path } = child;
        let beside = file.parent().unwrap_or(file);
        let places = match path {
            Some(path) => vec![beside.join(path)],
            None => vec![folder.join(format!("{name}.rs")), folder.join(&name).join("mod.rs")],
        };
        if let Some(place) = places.iter().find(|place| root.join(place).exists()) {
            read(root, place, [module.as_slice(), &[name]].concat(), code)?;
        }
    }
    code.insert(module, (file.to_owned(), text));
    Ok(())
}
