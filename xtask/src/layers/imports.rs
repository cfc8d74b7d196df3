//! What a file imports: every path in it that begins with `crate`, `self`, `super` or a module of its own, in `use` lines and
//! anywhere else, in macros too. What it exports again is no import of its own. Tests are left out.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Expr, ExprLit, Item, Lit, Meta, Visibility};

/// The path of a module in its crate; the crate itself is empty.
pub type ModulePath = Vec<String>;

/// The paths that a module names, each from the root of the crate with all its names.
#[derive(Default)]
pub struct Imports {
    /// What it uses.
    pub used: BTreeSet<ModulePath>,
    /// What it exports again (`pub use`), by the name that it has then.
    pub exported: BTreeMap<String, ModulePath>,
}

impl Imports {
    /// Reads the code of the module `module`.
    ///
    /// # Errors
    /// If `code` is not Rust.
    pub fn read(code: &str, module: &ModulePath) -> Result<Self> {
        let file = syn::parse_file(code).context("not Rust")?;
        let mut imports = Self::default();
        imports.of_items(&file.items, module);
        Ok(imports)
    }

    fn of_items(&mut self, items: &[Item], module: &ModulePath) {
        let own = items.iter().filter_map(|item| match item {
            Item::Mod(declared) => Some(declared.ident.to_string()),
            _ => None,
        });
        let own: BTreeSet<String> = own.collect();
        for item in items {
            let mut found = BTreeMap::new();
            match item {
                item if is_for_tests(attributes(item)) => {}
                Item::Mod(inline) => {
                    if let Some((_, items)) = &inline.content {
                        self.of_items(items, &[module.as_slice(), &[inline.ident.to_string()]].concat());
                    }
                }
                Item::Use(exported) if !matches!(exported.vis, Visibility::Inherited) => {
                    of_tokens(item.to_token_stream(), module, &own, &mut found);
                    self.exported.extend(found.into_iter().map(|(path, name)| (name, path)));
                }
                item => {
                    of_tokens(item.to_token_stream(), module, &own, &mut found);
                    self.used.extend(found.into_keys());
                }
            }
        }
    }
}

/// A module that has a file of its own.
pub struct DeclaredModule {
    pub name: String,
    /// The value of its `#[path]` attribute.
    pub path: Option<String>,
}

/// Returns the modules that the code declares and that have files of their own, without those of tests.
///
/// # Errors
/// If `code` is not Rust.
pub fn modules(code: &str) -> Result<Vec<DeclaredModule>> {
    let file = syn::parse_file(code).context("not Rust")?;
    let declared = file.items.into_iter().filter_map(|item| match item {
        Item::Mod(module) if module.content.is_none() && !is_for_tests(&module.attrs) => {
            let path = module.attrs.iter().find_map(path_of);
            Some(DeclaredModule { name: module.ident.to_string(), path })
        }
        _ => None,
    });
    Ok(declared.collect())
}

fn path_of(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attribute.meta else { return None };
    match &pair.value {
        Expr::Lit(ExprLit { lit: Lit::Str(path), .. }) if pair.path.is_ident("path") => Some(path.value()),
        _ => None,
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Const(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        _ => &[],
    }
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let text = attribute.to_token_stream().to_string().replace(' ', "");
        text == "#[cfg(test)]"
    })
}

/// Paths, with the name that each has in the file.
type Found = BTreeMap<ModulePath, String>;

fn of_tokens(tokens: TokenStream, module: &ModulePath, own: &BTreeSet<String>, found: &mut Found) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Group(group) => of_tokens(group.stream(), module, own, found),
            TokenTree::Ident(name) if is_path_separator(&tokens[at + 1..]) && !continues_a_path(&tokens[..at]) => {
                let start = match name.to_string().as_str() {
                    "crate" => Some(ModulePath::new()),
                    "self" => Some(module.clone()),
                    "super" => Some(module[..module.len().saturating_sub(1)].to_vec()),
                    name if own.contains(name) => Some([module.as_slice(), &[name.to_owned()]].concat()),
                    _ => None,
                };
                if let Some(start) = start {
                    of_tree(start, &tokens[at + 3..], found);
                }
            }
            _ => {}
        }
        at += 1;
    }
}

/// Adds the paths of a tree, as in a `use` line, that continues `path`.
fn of_tree(mut path: ModulePath, mut tokens: &[TokenTree], found: &mut Found) {
    loop {
        match tokens {
            [TokenTree::Ident(name), rest @ ..] => {
                match name.to_string().as_str() {
                    "super" => drop(path.pop()),
                    "self" => {}
                    name => path.push(name.to_owned()),
                }
                if let [TokenTree::Ident(word), TokenTree::Ident(name), ..] = rest
                    && word == "as"
                {
                    found.insert(path, name.to_string());
                    return;
                }
                if !is_path_separator(rest) {
                    break;
                }
                tokens = &rest[2..];
            }
            [TokenTree::Group(group), ..] if group.delimiter() == Delimiter::Brace => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                for branch in inner.split(|token| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ',')) {
                    if !branch.is_empty() {
                        of_tree(path.clone(), branch, found);
                    }
                }
                return;
            }
            _ => break,
        }
    }
    let name = path.last().cloned().unwrap_or_default();
    found.insert(path, name);
}

fn is_path_separator(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [TokenTree::Punct(one), TokenTree::Punct(other), ..] if one.as_char() == ':' && other.as_char() == ':')
}

/// Whether what comes next belongs to a path that begins before: `std::self_name::x`.
fn continues_a_path(before: &[TokenTree]) -> bool {
    matches!(before, [.., TokenTree::Punct(one), TokenTree::Punct(other)] if one.as_char() == ':' && other.as_char() == ':')
}
