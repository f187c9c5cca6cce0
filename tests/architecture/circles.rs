//! Circles of files: the strongly connected components of the graph of dependencies.

use std::collections::BTreeSet;

use crate::source::Source;

/// The file of a module or of an item in it. Re-exports are followed to their origin.
fn file_of(sources: &[Source], crate_name: &str, path: &[String]) -> Option<usize> {
    let mut path = path.to_vec();
    // A name may be re-exported more than once, and in code that does not compile, even in a circle.
    for _ in 0..8 {
        let stands_in = |length: &usize| {
            let file = |source: &Source| source.crate_name == crate_name && source.module == path[..*length];
            sources.iter().position(file)
        };
        let length = (0..=path.len()).rev().find(|length| stands_in(length).is_some())?;
        let file = stands_in(&length)?;
        let passed_on = path.get(length).and_then(|name| sources[file].scan.passed_on.get(name));
        let Some(other) = passed_on else { return Some(file) };
        path = other.iter().chain(&path[length + 1..]).cloned().collect();
    }
    None
}

/// The circles: sets of files that all depend on each other, directly or not.
pub fn circles(sources: &[Source]) -> Vec<BTreeSet<&str>> {
    let uses: Vec<BTreeSet<usize>> = sources
        .iter()
        .enumerate()
        .map(|(at, source)| {
            // A re-export is not a dependency.
            let passed_on: BTreeSet<&Vec<String>> = source.scan.passed_on.values().collect();
            let paths =
                source.scan.paths.iter().map(|path| &path.what).filter(|path| !passed_on.contains(path));
            let files = paths.filter_map(|path| file_of(sources, source.crate_name, path));
            files.filter(|file| *file != at).collect()
        })
        .collect();
    let reached: Vec<BTreeSet<usize>> = (0..sources.len())
        .map(|from| {
            let (mut reached, mut next) = (BTreeSet::new(), vec![from]);
            while let Some(at) = next.pop() {
                next.extend(uses[at].iter().filter(|to| reached.insert(**to)));
            }
            reached
        })
        .collect();
    let mut found: Vec<BTreeSet<&str>> = Vec::new();
    for (at, of) in reached.iter().enumerate().filter(|(at, of)| of.contains(at)) {
        let circle = of.iter().filter(|other| reached[**other].contains(&at));
        let circle: BTreeSet<&str> = circle.map(|other| sources[*other].path.as_str()).collect();
        if !found.contains(&circle) {
            found.push(circle);
        }
    }
    found
}

/// Compares circles with the list of those that are allowed.
pub fn new_and_gone(circles: &[BTreeSet<&str>], allowed: &[&[&str]]) -> Vec<String> {
    let allowed: Vec<BTreeSet<&str>> = allowed.iter().map(|files| files.iter().copied().collect()).collect();
    let new = circles.iter().filter(|circle| !allowed.iter().any(|allowed| circle.is_subset(allowed)));
    let new = new.map(|circle| format!("a new circle, or a larger one: {circle:?}"));
    let left = |file: &&str| !circles.iter().any(|circle| circle.contains(file));
    let gone = allowed.iter().flatten().copied().filter(left);
    let gone = gone.map(|file| format!("{file} is in no circle any more: take it off the list CIRCLES"));
    new.chain(gone).collect()
}
