//! Lighthouse's scores of the release build, on a simulated phone.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use browser_tests::site::Site;
use serde_json::Value;

use crate::report::{Samples, table};

/// The screens, and their paths.
const SCREENS: [(&str, &str); 4] =
    [("front", ""), ("story", "story/harbour-lights/"), ("live", "story/storm-live/"), ("saved", "saved/")];
const CATEGORIES: [&str; 4] = ["performance", "accessibility", "best-practices", "seo"];

/// Metrics that Lighthouse computes for a slow phone: audit, name, number of digits.
const TOLD: [(&str, &str, usize); 3] = [
    ("largest-contentful-paint", "largest paint, ms", 0),
    ("total-blocking-time", "blocking time, ms", 0),
    ("cumulative-layout-shift", "layout shift", 3),
];

/// A failed audit.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct DecodeError {
    category: &'static str,
    id: String,
    /// Its title and its items.
    words: String,
}

/// Measures all screens. Returns the report.
pub async fn measure(quick: bool) -> Result<String> {
    let runs = if quick { 1 } else { 3 };
    let site = Site::start("/").await?;
    site.like_a_host();
    let (mut rows, mut failures) = (Vec::new(), Vec::new());
    let mut version = String::new();
    for (name, path) in SCREENS {
        if !site.folder().join(path).join("index.html").exists() {
            println!("This build has no screen '{name}'.");
            continue;
        }
        let mut scores = vec![Vec::new(); CATEGORIES.len()];
        let mut told = vec![Vec::new(); TOLD.len()];
        let mut found: Vec<(DecodeError, usize)> = Vec::new();
        for _ in 0..runs {
            println!("Looking at {name} …");
            let report = look_at(format!("{}{path}", site.url)).await?;
            version = text(&report, "/lighthouseVersion");
            for (category, scores) in CATEGORIES.iter().zip(&mut scores) {
                let score = report.pointer(&format!("/categories/{category}/score")).and_then(Value::as_f64);
                scores.push(score.with_context(|| format!("it gave no score for {category}"))? * 100.0);
            }
            for ((audit, ..), told) in TOLD.iter().zip(&mut told) {
                let value = report.pointer(&format!("/audits/{audit}/numericValue")).and_then(Value::as_f64);
                told.push(value.with_context(|| format!("it did not tell of {audit}"))?);
            }
            for failure in failed(&report) {
                match found
                    .iter_mut()
                    .find(|(known, _)| (&known.id, known.category) == (&failure.id, failure.category))
                {
                    Some((_, count)) => *count += 1,
                    None => found.push((failure, 1)),
                }
            }
        }
        let scores = scores.into_iter().map(|scores| format!("{:.0}", Samples::from_iter(scores).median()));
        let told =
            told.into_iter().zip(TOLD).map(|(told, (.., digits))| Samples::from_iter(told).say(digits));
        rows.push([name.to_owned()].into_iter().chain(scores).chain(told).collect::<Vec<_>>());
        found.sort();
        failures.extend(found.into_iter().map(|(failure, count)| {
            let often = if count < runs { format!(" ({count} of {runs} runs)") } else { String::new() };
            format!("- {name}, {}: `{}`{often}: {}\n", failure.category, failure.id, failure.words)
        }));
    }
    let failures =
        if failures.is_empty() { "Every audit is passed.\n".to_owned() } else { failures.concat() };
    let heads = [""].into_iter().chain(CATEGORIES).chain(TOLD.map(|(_, name, _)| name)).collect::<Vec<_>>();
    Ok(format!(
        "## Lighthouse\n\n`cargo xtask bench lighthouse`, Lighthouse {version} as on a phone, the median of {runs}.\n\n{}\n{failures}",
        table(heads, &rows)
    ))
}

/// Runs Lighthouse on an address.
async fn look_at(url: String) -> Result<Value> {
    let program = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .with_context(|| format!("{name} is not set: run `cargo xtask bench`"))
    };
    let (lighthouse, chromium) = (program("DATELINE_LIGHTHOUSE")?, program("DATELINE_CHROMIUM")?);
    let categories = format!("--only-categories={}", CATEGORIES.join(","));
    let run = move || {
        let profile = tempfile::tempdir()?;
        let flags = format!(
            "--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage --user-data-dir={}",
            profile.path().display()
        );
        let mut node = Command::new("node");
        node.arg(lighthouse).arg(url).args([
            "--output=json",
            "--quiet",
            "--form-factor=mobile",
            &categories,
            &flags,
        ]);
        node.env("CHROME_PATH", chromium).stdin(Stdio::null()).stderr(Stdio::inherit());
        anyhow::Ok(node.output().context("node could not be started")?)
    };
    let output = tokio::task::spawn_blocking(run).await??;
    ensure!(output.status.success(), "Lighthouse failed ({})", output.status);
    serde_json::from_slice(&output.stdout).context("Lighthouse gave no report")
}

fn text(report: &Value, pointer: &str) -> String {
    report.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The audits that lower a score, or would.
fn failed(report: &Value) -> Vec<DecodeError> {
    let mut failures = Vec::new();
    for category in CATEGORIES {
        let audits = report.pointer(&format!("/categories/{category}/auditRefs")).and_then(Value::as_array);
        for reference in audits.into_iter().flatten() {
            let weight = reference.get("weight").and_then(Value::as_f64).unwrap_or(0.0);
            let id = text(reference, "/id");
            let Some(audit) = report.pointer(&format!("/audits/{id}")) else { continue };
            let score = audit.get("score").and_then(Value::as_f64);
            if weight > 0.0 && score.is_some_and(|score| score < 1.0) {
                let (title, value) = (text(audit, "/title"), text(audit, "/displayValue"));
                let of: Vec<String> = items(audit).take(3).collect();
                let words = [title, value, of.join("; ")];
                let words = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" · ");
                failures.push(DecodeError { category, id, words });
            }
        }
    }
    failures
}

/// The items of an audit: elements, addresses, or text.
fn items(audit: &Value) -> impl Iterator<Item = String> {
    let items = audit.pointer("/details/items").and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| {
        let named = ["/node/snippet", "/url", "/source/url", "/description"];
        let found = named.iter().map(|pointer| text(item, pointer)).find(|words| !words.is_empty())?;
        Some(format!("`{}`", found.chars().take(120).collect::<String>()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_costs_nothing_is_no_failure() {
        let report = json!({
            "categories": { "seo": { "auditRefs": [
                { "id": "good", "weight": 1 }, { "id": "bad", "weight": 1 },
                { "id": "told", "weight": 0 }, { "id": "not-applicable", "weight": 1 }
            ] } },
            "audits": {
                "good": { "score": 1, "title": "Good" },
                "bad": { "score": 0, "title": "Bad", "displayValue": "2 links", "details": { "items": [{ "node": { "snippet": "<a>" } }] } },
                "told": { "score": 0, "title": "Told" },
                "not-applicable": { "score": null, "title": "Nothing" }
            }
        });
        let failure =
            DecodeError {
                category: "seo", id: "bad".to_owned(), words: "Bad · 2 links · `<a>`".to_owned()
            };
        assert_eq!(failed(&report), [failure]);
    }
}
