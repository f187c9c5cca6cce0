//! Accessibility and safety: axe-core finds nothing, narrow screens and large text work, and the page's
//! policy blocks foreign scripts.

use anyhow::{Context, Result, ensure};
use browser_tests::browser::{Browser, Kind};
use browser_tests::site::Site;

const PAGES: [&str; 8] = [
    "",
    "section/culture/",
    "story/harbour-lights/",
    "story/glacier-clock/",
    "story/concert-hall/",
    "story/arabic-looms/",
    "story/japanese-market/",
    "story/no-such-story/",
];

#[tokio::test]
async fn axe_finds_nothing_light_or_dark_on_a_phone_or_a_desk() -> Result<()> {
    let site = Site::start("/").await?;
    let browser = Browser::start(Kind::Chromium).await?;
    for (width, height) in [(390, 844), (1280, 900)] {
        for dark in [false, true] {
            browser.screen(width, height, dark).await?;
            for page in PAGES {
                browser.open(format!("{}{page}", site.url)).await?;
                browser.text("h1").await?;
                let found = browser.axe().await?;
                ensure!(found.is_empty(), "{page} at {width} px, dark {dark}: {found:#?}");
            }
        }
    }
    browser.quit().await
}

/// What a reader does on one page, step by step: the role and the name of what they press.
type Acts = (&'static str, &'static [(&'static str, &'static str)]);

const ACTS: [Acts; 5] = [
    (
        "story/harbour-lights/",
        &[
            ("button", "Save"),
            ("button", "Saved"),
            ("button", "Save"),
            ("button", "Mark as unread"),
            ("button", "Share"),
        ],
    ),
    ("story/concert-hall/", &[("button", "Save")]),
    (
        "story/storm-live/",
        &[
            ("button", "Follow"),
            ("button", "Save"),
            ("button", "Oldest first"),
            ("button", "Key events only"),
        ],
    ),
    (
        "saved/",
        &[
            ("button", "Mark as read"),
            ("checkbox", "Select all"),
            ("button", "Mark as unread"),
            ("checkbox", "Unread only"),
        ],
    ),
    ("settings/", &[("radio", "Dark"), ("radio", "Large"), ("radio", "Light")]),
];

#[tokio::test]
async fn axe_finds_nothing_after_each_act_of_the_reader() -> Result<()> {
    for (width, height, dark) in [(390, 844, false), (1280, 900, true)] {
        let site = Site::start("/").await?;
        let browser = Browser::start(Kind::Chromium).await?;
        browser.screen(width, height, dark).await?;
        for (page, acts) in ACTS {
            browser.open(format!("{}{page}", site.url)).await?;
            browser.text("h1").await?;
            browser.ready().await?;
            for (role, name) in acts {
                browser.press(role, name).await.with_context(|| page)?;
                let found = browser.axe().await?;
                ensure!(found.is_empty(), "{page} after '{name}' at {width} px, dark {dark}: {found:#?}");
            }
        }
        browser.quit().await?;
    }
    Ok(())
}

/// The roles whose elements and names are compared with what the browser computes.
const ROLES: [&str; 13] = [
    "article",
    "button",
    "checkbox",
    "combobox",
    "feed",
    "heading",
    "image",
    "link",
    "navigation",
    "radio",
    "region",
    "searchbox",
    "status",
];

#[tokio::test]
async fn what_tests_find_is_what_assistive_technology_is_told() -> Result<()> {
    let site = Site::start("/").await?;
    let browser = Browser::start(Kind::Chromium).await?;
    for page in ["", "story/harbour-lights/", "story/storm-live/", "section/culture/", "saved/", "settings/"]
    {
        browser.open(format!("{}{page}", site.url)).await?;
        browser.text("h1").await?;
        browser.ready().await?;
        let ours = format!(
            "return {}.map(role => [role, queryAllByRole(role).map(nameOf).sort()])",
            serde_json::json!(ROLES)
        );
        let ours: Vec<(String, Vec<String>)> = serde_json::from_value(browser.script(&ours).await?)?;
        let tree =
            browser.driver.cdp().send_raw("Accessibility.getFullAXTree", serde_json::json!({})).await?;
        let nodes = tree.get("nodes").and_then(serde_json::Value::as_array).context("a tree")?;
        let value = |node: &serde_json::Value, of: &str| {
            node.pointer(&format!("/{of}/value"))
                .and_then(serde_json::Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        for (role, ours) in ours {
            let theirs = nodes
                .iter()
                .filter(|node| node.get("ignored") == Some(&false.into()) && value(node, "role") == role);
            let mut theirs: Vec<String> = theirs.map(|node| value(node, "name")).collect();
            theirs.sort();
            ensure!(ours == theirs, "{page}: as {role} we find {ours:#?}, and there are {theirs:#?}");
        }
    }
    browser.quit().await
}

#[tokio::test]
async fn nothing_scrolls_sideways_from_320_px_to_a_wide_screen() -> Result<()> {
    let site = Site::start("/").await?;
    let browser = Browser::start(Kind::Chromium).await?;
    // 640 px is a screen of 1280 px at 200 % zoom.
    for width in [320, 390, 640, 1024, 2200] {
        browser.screen(width, 800, false).await?;
        for page in PAGES {
            browser.open(format!("{}{page}", site.url)).await?;
            browser.text("h1").await?;
            let wide = browser.script("return [document.documentElement.scrollWidth, innerWidth]").await?;
            let [scroll, inner] = [wide.get(0), wide.get(1)]
                .map(|value| value.and_then(serde_json::Value::as_f64).unwrap_or(f64::MAX));
            ensure!(scroll <= inner, "{page} is {scroll} px wide on {inner}");
        }
    }
    browser.quit().await
}

/// Every text of the edition and of a story is one long word.
#[tokio::test]
async fn long_words_widen_no_page() -> Result<()> {
    fn lengthen(value: &mut serde_json::Value, word: &str) {
        match value {
            serde_json::Value::Object(fields) => {
                for (name, value) in fields {
                    match name.as_str() {
                        "headline" | "kicker" | "standfirst" | "tags" | "name" | "text" | "title"
                        | "caption" | "credit" | "dateline" | "question" | "label" | "tagline" => {
                            set(value, word);
                        }
                        _ => lengthen(value, word),
                    }
                }
            }
            serde_json::Value::Array(values) => values.iter_mut().for_each(|value| lengthen(value, word)),
            _ => {}
        }
    }
    fn set(value: &mut serde_json::Value, word: &str) {
        match value {
            serde_json::Value::String(text) => *text = word.to_owned(),
            serde_json::Value::Array(values) if values.iter().all(serde_json::Value::is_string) => {
                values.iter_mut().for_each(|value| set(value, word));
            }
            value => lengthen(value, word),
        }
    }
    let word = format!("https://example.org/{}", "donaudampfschifffahrtselektrizitaet".repeat(6));
    let site = Site::without_worker("/").await?;
    for file in ["edition.json", "stories/harbour-lights.json", "stories/storm-live.json"] {
        let path = site.folder().join("edition").join(file);
        let mut json: serde_json::Value = serde_json::from_slice(&std::fs::read(&path)?)?;
        lengthen(&mut json, &word);
        std::fs::write(&path, json.to_string())?;
    }
    let browser = Browser::start(Kind::Chromium).await?;
    for width in [280, 1280] {
        browser.screen(width, 800, false).await?;
        for (page, to_base) in [
            ("", "./"),
            ("section/world/", "../../"),
            ("story/harbour-lights/", "../../"),
            ("story/storm-live/", "../../"),
        ] {
            site.bare(page, to_base)?;
            browser.open(format!("{}{page}", site.url)).await?;
            let has_word =
                format!("return words(document.querySelector('main')).includes('{}')", &word[20..60]);
            browser.until("the long word is there", &has_word).await?;
            let wide = "const wide = document.documentElement.scrollWidth; return wide <= innerWidth ? null : [wide, [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > innerWidth + 1).slice(0, 4).map(one => one.outerHTML.slice(0, 120))]";
            let wide = browser.script(wide).await?;
            ensure!(wide.is_null(), "{page} at {width} px: {wide}");
        }
    }
    browser.quit().await
}

/// The sizes of type keep their order, whatever size the reader wants.
#[tokio::test]
async fn all_type_grows_with_the_text_size_and_keeps_its_order() -> Result<()> {
    const TOKENS: [&str; 5] = ["small", "text", "large", "title", "lead"];
    let site = Site::start("/").await?;
    let browser = Browser::start(Kind::Chromium).await?;
    for width in [320, 1280] {
        browser.screen(width, 800, false).await?;
        browser.open(format!("{}story/harbour-lights/", site.url)).await?;
        let mut smaller: Option<Vec<f64>> = None;
        for size in ["90", "", "115", "135", "160"] {
            let measure = format!(
                "document.documentElement.dataset.text = '{size}';
                 const probe = document.body.appendChild(document.createElement('span'));
                 const sizes = {}.map(token => {{ probe.style.fontSize = `var(--size-${{token}})`; return parseFloat(getComputedStyle(probe).fontSize); }});
                 probe.remove(); return sizes",
                serde_json::json!(TOKENS)
            );
            let sizes: Vec<f64> = serde_json::from_value(browser.script(&measure).await?)?;
            ensure!(sizes.is_sorted_by(|a, b| a < b), "at {width} px and '{size}': {sizes:?}");
            if let Some(smaller) = smaller {
                ensure!(smaller.iter().zip(&sizes).all(|(a, b)| a < b), "{smaller:?} and then {sizes:?}");
            }
            smaller = Some(sizes);
        }
    }
    browser.quit().await
}

#[tokio::test]
async fn the_page_runs_no_script_but_its_own() -> Result<()> {
    for kind in Kind::all() {
        let site = Site::start("/").await?;
        let browser = Browser::start(kind).await?;
        browser.open(format!("{}story/harbour-lights/", site.url)).await?;
        browser.text("h1").await?;
        browser
            .script(
                "window.refused = [];
                 document.addEventListener('securitypolicyviolation', e => window.refused.push(e.effectiveDirective));
                 const s = document.createElement('script'); s.textContent = 'window.owned = 1'; document.body.append(s);
                 const b = document.createElement('button'); b.setAttribute('onclick', 'window.owned = 1'); document.body.append(b); b.click();",
            )
            .await?;
        browser.until("the browser has refused both", "return window.refused.length >= 2").await?;
        ensure!(browser.script("return window.owned === undefined").await? == true);
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_keyboard_gets_past_the_masthead() -> Result<()> {
    let kind = *Kind::all().first().context("a browser")?;
    let site = Site::start("/").await?;
    let browser = Browser::start(kind).await?;
    browser.open(format!("{}story/harbour-lights/", site.url)).await?;
    browser.by_role("heading", "The harbour that learned to turn its lights off").await?;
    browser.by_role("navigation", "Sections").await?;
    browser.script("queryByRole('link', 'Skip to the content').focus()").await?;
    browser.driver.active_element().await?.send_keys(thirtyfour::Key::Enter).await?;
    browser.until("the focus is on the heading", "return document.activeElement?.tagName === 'H1'").await?;
    ensure!(browser.driver.current_url().await?.as_str() == format!("{}story/harbour-lights/", site.url));
    browser.quit().await
}

#[tokio::test]
async fn nothing_shifts_while_a_story_loads() -> Result<()> {
    let site = Site::start("/").await?;
    let browser = Browser::start(Kind::Chromium).await?;
    for (width, height) in [(390, 844), (1280, 900)] {
        browser.screen(width, height, false).await?;
        for page in ["", "story/harbour-lights/", "story/glacier-clock/"] {
            browser.open(format!("{}{page}", site.url)).await?;
            browser.text("h1").await?;
            browser
                .script(
                    "window.shifts = []; window.seen = false;
                     new PerformanceObserver(list => window.shifts.push(...list.getEntries().map(e => e.value)))
                       .observe({type: 'layout-shift', buffered: true});
                     [...document.images].forEach(i => { i.loading = 'eager'; });",
                )
                .await?;
            browser
                .until("the pictures are there", "return [...document.images].every(i => i.complete)")
                .await?;
            // After two frames, layout shifts by pictures have been recorded.
            browser
                .until(
                    "the browser has drawn them",
                    "if (!window.asked) { window.asked = true; requestAnimationFrame(() => requestAnimationFrame(() => { window.seen = true; })); } return window.seen",
                )
                .await?;
            let shift = browser.script("return window.shifts.reduce((sum, one) => sum + one, 0)").await?;
            ensure!(shift.as_f64() == Some(0.0), "{page} at {width} px shifts by {shift}");
        }
    }
    browser.quit().await
}
