//! A source file as the rules of the rooms see it: the modules that it names, its words and its string
//! literals.
//!
//! It is read as tokens, in macros as well, and `use`, `super::` and `self::` are resolved.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A source file with what matters to the rules.
pub struct Source {
    /// Its path in the repository.
    pub path: String,
    /// The name of the library in the package's other targets.
    pub crate_name: &'static str,
    /// The path of its module within the crate.
    pub module: Vec<String>,
    /// Its text.
    pub text: String,
    /// Its content.
    pub scan: Scan,
}

/// The content of a file.
#[derive(Default)]
pub struct Scan {
    /// The modules of its crate that it names, by their full paths.
    pub paths: Vec<Found<Vec<String>>>,
    /// The names that it re-exports with `pub use`, with the original paths.
    pub passed_on: BTreeMap<String, Vec<String>>,
    /// All identifiers in the code; those of macros end in `!`.
    pub words: Vec<Found<String>>,
    /// All string literals in the code.
    pub texts: Vec<Found<String>>,
}

/// Something, and where it was found.
pub struct Found<T> {
    pub line: usize,
    pub what: T,
}

impl Source {
    /// Reads the file at the path `file` in a crate's folder, without its tests.
    pub fn new(folder: &str, crate_name: &'static str, file: &str, text: String) -> Self {
        let mut module: Vec<String> = file.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
        if module == ["lib"] || module.last().is_some_and(|name| name == "mod") {
            module.pop();
        }
        let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{folder}/{file}: {error}"));
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut scan = Scan::default();
        scan.look(&tokens, &Scope { crate_name, module: module.clone(), children: children(&tokens) });
        Self { path: format!("{folder}/{file}"), crate_name, module, text, scan }
    }

    /// The room of a file of the reader.
    pub fn room(&self) -> &str {
        self.path.trim_start_matches("src/").split(['/', '.']).next().unwrap_or_default()
    }
}

/// What is needed to resolve paths at a place in the code.
struct Scope {
    crate_name: &'static str,
    module: Vec<String>,
    children: Vec<String>,
}

impl Scope {
    /// The full path within the crate; `None` if it is of another crate, or the name was imported.
    fn full(&self, path: &[String]) -> Option<Vec<String>> {
        let (first, mut rest) = path.split_first()?;
        let mut base = self.module.clone();
        match first.as_str() {
            "crate" => base.clear(),
            name if name == self.crate_name => base.clear(),
            "self" => {}
            "super" => {
                base.pop();
                while let Some((_, others)) = rest.split_first().filter(|(next, _)| *next == "super") {
                    base.pop();
                    rest = others;
                }
            }
            name if self.children.iter().any(|child| child == name) => base.push(name.to_owned()),
            _ => return None,
        }
        base.extend(rest.iter().cloned());
        Some(base)
    }
}

/// The modules declared in these tokens.
fn children(tokens: &[TokenTree]) -> Vec<String> {
    tokens.windows(2).filter(|pair| is_word(&pair[0], "mod")).map(|pair| pair[1].to_string()).collect()
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(name) if name == word)
}

fn is_sign(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}

fn group(token: Option<&TokenTree>, delimiter: Delimiter) -> Option<Vec<TokenTree>> {
    match token {
        Some(TokenTree::Group(group)) if group.delimiter() == delimiter => {
            Some(group.stream().into_iter().collect())
        }
        _ => None,
    }
}

impl Scan {
    fn look(&mut self, tokens: &[TokenTree], scope: &Scope) {
        let (mut at, mut is_test) = (0, false);
        while let Some(token) = tokens.get(at) {
            let next = tokens.get(at + 1);
            let line = token.span().start().line;
            match token {
                // An attribute. Documentation is not code.
                TokenTree::Punct(punct) if punct.as_char() == '#' => {
                    let start = at + 1 + usize::from(is_sign(next, '!'));
                    if let Some(inner) = group(tokens.get(start), Delimiter::Bracket) {
                        let words: String = inner.iter().map(ToString::to_string).collect();
                        is_test = words == "cfg(test)";
                        if !words.starts_with("doc") {
                            self.look(&inner, scope);
                        }
                        at = start;
                    }
                }
                TokenTree::Ident(word) if word == "mod" => {
                    let name = next.map(ToString::to_string).unwrap_or_default();
                    if let Some(inner) = group(tokens.get(at + 2), Delimiter::Brace) {
                        if !is_test {
                            let mut module = scope.module.clone();
                            module.push(name);
                            let (crate_name, children) = (scope.crate_name, children(&inner));
                            self.look(&inner, &Scope { crate_name, module, children });
                        }
                        at += 2;
                    }
                    is_test = false;
                }
                // (`use<'a>` imports nothing.)
                TokenTree::Ident(word) if word == "use" && !is_sign(next, '<') => {
                    let end = (at..tokens.len()).find(|end| is_sign(tokens.get(*end), ';'));
                    let end = end.unwrap_or(tokens.len());
                    let is_public = at > 0
                        && (is_word(&tokens[at - 1], "pub")
                            || group(tokens.get(at - 1), Delimiter::Parenthesis).is_some());
                    let mut imports = Vec::new();
                    import(&tokens[at + 1..end], &mut Vec::new(), &mut imports);
                    for (path, name) in imports {
                        self.words.extend(path.iter().map(|word| Found { line, what: word.clone() }));
                        let Some(full) = scope.full(&path) else { continue };
                        if is_public {
                            self.passed_on.insert(name, full.clone());
                        }
                        self.paths.push(Found { line, what: full });
                    }
                    at = end;
                }
                TokenTree::Ident(word) => {
                    let word = word.to_string();
                    let mut path = vec![word.clone()];
                    while is_sign(tokens.get(at + 1), ':') && is_sign(tokens.get(at + 2), ':') {
                        let Some(TokenTree::Ident(more)) = tokens.get(at + 3) else { break };
                        path.push(more.to_string());
                        at += 3;
                    }
                    if is_sign(tokens.get(at + 1), '!') {
                        let last = path.last().cloned().unwrap_or_default();
                        self.words.push(Found { line, what: format!("{last}!") });
                    }
                    self.words.extend(path.iter().map(|word| Found { line, what: word.clone() }));
                    if let Some(full) = scope.full(&path).filter(|_| path.len() > 1) {
                        self.paths.push(Found { line, what: full });
                    }
                }
                TokenTree::Group(group) => {
                    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                    self.look(&inner, scope);
                }
                TokenTree::Literal(literal) => {
                    let text = literal.to_string();
                    if let (Some(start), Some(end)) = (text.find('"'), text.rfind('"')) {
                        let what = text.get(start + 1..end).unwrap_or_default().to_owned();
                        self.texts.push(Found { line, what });
                    }
                }
                TokenTree::Punct(_) => {}
            }
            at += 1;
        }
    }
}

/// Splits an import into its paths, with the names that they get.
fn import(tokens: &[TokenTree], before: &mut Vec<String>, found: &mut Vec<(Vec<String>, String)>) {
    let known = before.len();
    let mut name = None;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => {
                let members: Vec<TokenTree> = group.stream().into_iter().collect();
                for member in members.split(|token| is_sign(Some(token), ',')) {
                    import(member, before, found);
                }
                before.truncate(known);
                return;
            }
            TokenTree::Ident(word) if word == "as" => {
                name = tokens.get(at + 1).map(ToString::to_string);
                break;
            }
            TokenTree::Ident(word) if word == "self" && at == 0 && known > 0 => {}
            TokenTree::Ident(word) => before.push(word.to_string()),
            _ => {}
        }
    }
    if !tokens.is_empty() {
        let name = name.or_else(|| before.last().cloned()).unwrap_or_default();
        found.push((before.clone(), name));
    }
    before.truncate(known);
}
