//! Reports in Markdown: tables of medians with their ranges.

use std::path::Path;

use anyhow::{Context, Result};
use browser_tests::browser::Browser;
use serde_json::json;

/// Several measurements of one thing.
#[derive(Clone, Debug, Default)]
pub struct Samples(Vec<f64>);

impl FromIterator<f64> for Samples {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        Self(values)
    }
}

impl Samples {
    /// The percentile for a share from 0 to 1 (nearest rank).
    pub fn at(&self, share: f64) -> f64 {
        let last = self.0.len().saturating_sub(1);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the list")]
        let rank = (share * last as f64).round() as usize;
        self.0.get(rank.min(last)).copied().unwrap_or(f64::NAN)
    }

    /// The median.
    pub fn median(&self) -> f64 {
        self.at(0.5)
    }

    /// The share of values above a limit.
    pub fn share_over(&self, value: f64) -> f64 {
        self.0.iter().filter(|it| **it > value).count() as f64 / self.0.len() as f64
    }

    /// The ratio of this median to another one.
    pub fn ratio(&self, other: &Self) -> f64 {
        self.median() / other.median()
    }

    /// Median and range, with this many digits.
    pub fn say(&self, digits: usize) -> String {
        let (middle, least, most) = (self.median(), self.at(0.0), self.at(1.0));
        format!("{middle:.digits$} ({least:.digits$}–{most:.digits$})")
    }
}

/// A table in Markdown.
pub fn table<Head: AsRef<str>>(heads: impl AsRef<[Head]>, rows: &[impl AsRef<[String]>]) -> String {
    let heads: Vec<&str> = heads.as_ref().iter().map(Head::as_ref).collect();
    let mut text = format!("| {} |\n| {} |\n", heads.join(" | "), vec!["---"; heads.len()].join(" | "));
    rows.iter().for_each(|row| text += &format!("| {} |\n", row.as_ref().join(" | ")));
    text
}

/// A number of bytes, with separated thousands.
pub fn bytes(count: usize) -> String {
    let digits = count.to_string();
    let parts: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|part| std::str::from_utf8(part).ok()).collect();
    parts.join(",")
}

/// The processor, in one line.
pub fn processor() -> String {
    // Only Linux has this; elsewhere the processor is unknown.
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let name = name.map_or("an unnamed processor", |(_, name)| name.trim());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{name}, {cores} cores")
}

/// The machine and the browser, in one line.
pub async fn machine(browser: &Browser) -> Result<String> {
    let version = browser.driver.cdp().send_raw("Browser.getVersion", json!({})).await?;
    let version = version.get("product").and_then(|it| it.as_str()).unwrap_or("Chromium").replace('/', " ");
    Ok(format!("{}, {version}", processor()))
}

/// Puts a text into its block of a page, or at the end if there is no such block.
pub fn write(page: &Path, name: &str, text: &str) -> Result<()> {
    let old =
        std::fs::read_to_string(page).with_context(|| format!("{} could not be read", page.display()))?;
    let (start, end) = (format!("<!-- bench {name} -->"), format!("<!-- end of bench {name} -->"));
    let block = format!("{start}\n{}\n{end}", text.trim());
    let around = old.split_once(&start).and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    let new = match around {
        Some((before, after)) => format!("{before}{block}{after}"),
        None => format!("{}\n\n{block}\n", old.trim_end()),
    };
    std::fs::write(page, new).with_context(|| format!("{} could not be written", page.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(values: &[f64]) -> Samples {
        values.iter().copied().collect()
    }

    #[test]
    fn the_middle_of_what_was_measured_is_told_with_its_range() {
        let times = samples(&[30.0, 10.0, 20.0]);
        assert_eq!(times.say(0), "20 (10–30)");
        assert_eq!(times.at(0.95).to_bits(), 30.0_f64.to_bits());
        assert!(samples(&[]).median().is_nan());
    }

    #[test]
    fn ratios_are_of_medians() {
        let (one, other) = (samples(&[1.0, 5.0, 900.0]), samples(&[10.0, 10.0, 10.0]));
        assert!((one.ratio(&other) - 0.5).abs() < f64::EPSILON);
        assert!((samples(&[1.0, 20.0, 30.0, 40.0]).share_over(20.0) - 0.5).abs() < f64::EPSILON);
    }

    #[test]
    fn a_table_has_a_line_for_each_row() {
        let rows = [vec!["a".to_owned(), "1".to_owned()]];
        assert_eq!(table(["", "ms"], &rows), "|  | ms |\n| --- | --- |\n| a | 1 |\n");
    }

    #[test]
    fn a_block_takes_the_place_of_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        let page = folder.path().join("page.md");
        std::fs::write(&page, "# Page\n").unwrap();
        write(&page, "x", "old").unwrap();
        write(&page, "y", "other").unwrap();
        write(&page, "x", "new").unwrap();
        let text = std::fs::read_to_string(&page).unwrap();
        assert!(text.contains("new") && text.contains("other") && !text.contains("old"), "{text}");
    }
}
