//! Stories that are read, half read and opened, and their lists.

use anyhow::{Context, Result, bail, ensure};
use browser_tests::browser::{Browser, Kind};

use crate::common::*;

/// Whether no place in the story is offered.
const NO_OFFER: &str = "return !notices().some(one => one.includes('through this story'))";

#[tokio::test]
async fn a_story_half_read_is_offered_at_its_place_at_any_width() -> Result<()> {
    for kind in Kind::all() {
        let (site, browser) = (site().await?, Browser::start(kind).await?);
        open(&browser, &site, HARBOUR).await?;
        // Scrolls the middle block to the top of the window.
        let block = "const blocks = paragraphs(); const block = blocks[Math.floor((blocks.length - 1) / 2)];";
        browser
            .script(&format!("{block} scrollTo(0, block.getBoundingClientRect().top + scrollY - 80)"))
            .await?;
        browser.until("the place is noted", &noted("harbour-lights", "p")).await?;
        browser.press("link", "The Meridian").await?;
        marked(&browser, LEAD, "% read").await?;
        open(&browser, &site, "continue/").await?;
        lists(&browser, &[LEAD]).await?;
        says(&browser, "main article", "% read").await?;

        browser.driver.set_window_rect(0, 0, 620, 900).await?;
        browser.press("link", LEAD).await?;
        browser.until("the story is there", "return paragraphs().length > 3").await?;
        let there =
            format!("{block} const top = block.getBoundingClientRect().top; return top > -60 && top < 240");
        if browser.until("the same block is there", &there).await.is_err() {
            let top = browser
                .script(&format!("{block} return [block.getBoundingClientRect().top, scrollY]"))
                .await?;
            bail!("the block is at {top}, in {kind:?}");
        }
        ensure!(browser.script(NO_OFFER).await? == true, "what was just done is offered, in {kind:?}");

        // By another way, the place is offered, until the reader has read on.
        open(&browser, &site, "").await?;
        open(&browser, &site, HARBOUR).await?;
        notice(&browser, "through this story").await?;
        ensure!(browser.script("return scrollY").await? == 0, "nothing jumps by itself, in {kind:?}");
        browser.press("button", "Resume").await?;
        browser.until("the same block is there again", &there).await?;
        browser.until("the offer is gone", NO_OFFER).await?;
        open(&browser, &site, "").await?;
        open(&browser, &site, HARBOUR).await?;
        notice(&browser, "through this story").await?;
        browser.script("scrollTo(0, 300)").await?;
        browser.until("the offer goes by itself", NO_OFFER).await?;
        browser.driver.set_window_rect(0, 0, 1280, 900).await?;

        // At its end, the story is read and no longer in Continue.
        browser.script("scrollTo(0, document.documentElement.scrollHeight)").await?;
        browser.until("its end is noted", &noted("harbour-lights", "e")).await?;
        browser.press("link", "The Meridian").await?;
        marked(&browser, LEAD, "Read").await?;
        open(&browser, &site, "continue/").await?;
        says(&browser, "main p", "Nothing in progress").await?;
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_section_is_marked_read_filtered_and_brought_back() -> Result<()> {
    for kind in Kind::all() {
        let (site, browser) = (site().await?, Browser::start(kind).await?);
        open(&browser, &site, "story/glacier-clock/").await?;
        browser.by_role("heading", GLACIER).await?;
        browser
            .until("it is kept", "return Object.keys(localStorage).some(name => name.includes('/r/'))")
            .await?;
        open(&browser, &site, "section/science/").await?;
        let count = browser.script("return listed().length").await?.as_u64().context("a count")?;
        marked(&browser, GLACIER, "Read").await?;
        browser.press("link", "Unread only").await?;
        browser.by_role("link", "All stories").await?;
        ensure!(
            browser.driver.current_url().await?.as_str() == format!("{}section/science/?unread", site.url)
        );
        let left = format!("return listed().length === {}", count - 1);
        browser.until("what was read is left out", &left).await?;
        browser.driver.refresh().await?;
        browser.until("after a reload too", &left).await?;

        browser.press("link", "All stories").await?;
        browser.press("button", "Mark all read").await?;
        let read = |count: u64| format!("return markedAs('Read').length === {count}");
        browser.until("all are read", &read(count)).await?;
        notice(&browser, "Everything in this section is marked as read.").await?;
        browser.press("button", "Undo").await?;
        browser.until("what was unread is unread", &read(1)).await?;
        browser.press("button", "Mark all read").await?;
        browser.until("all are read", &read(count)).await?;
        browser.press("link", "Unread only").await?;
        says(&browser, "main", "You have read everything here.").await?;
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn marks_by_keys_are_told_in_one_notice_and_undone_together() -> Result<()> {
    for kind in Kind::all() {
        let (site, browser) = (site().await?, Browser::start(kind).await?);
        open(&browser, &site, "section/science/").await?;
        for count in 1..=2 {
            browser.script(&format!("{KEY} key('j'); key('m')")).await?;
            browser.until("it is read", &format!("return markedAs('Read').length === {count}")).await?;
            let said = browser.script("return notices()").await?;
            let said: Vec<String> = serde_json::from_value(said)?;
            let [one] = said.as_slice() else { bail!("there are {said:?}, in {kind:?}") };
            let wanted = if count == 1 { "” marked as read." } else { "stories marked as read." };
            ensure!(one.ends_with(wanted), "{one}");
        }
        browser.press("button", "Undo").await?;
        browser.until("all are unread again", "return markedAs('Read').length === 0").await?;
        // Back to where the keys were, and not to the top of the page.
        ensure!(
            browser.script("return document.activeElement.closest('article') !== null").await? == true,
            "the focus is lost, in {kind:?}"
        );
        browser.script(&format!("{KEY} key('m')")).await?;
        browser.until("there is a notice", "return notices().length === 1").await?;
        browser.script(&format!("{KEY} key('Escape')")).await?;
        browser.until("Escape dismisses it", "return notices().length === 0").await?;
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_search_finds_what_the_edition_says_and_says_when_it_finds_nothing() -> Result<()> {
    for kind in Kind::all() {
        let (site, browser) = (site().await?, Browser::start(kind).await?);
        save(&browser, &site, HARBOUR).await?;
        save(&browser, &site, "story/observatory/").await?;
        open(&browser, &site, "saved/").await?;
        let search = async |words: &str| -> Result<()> {
            let field = browser.by_role("searchbox", "Search saved stories").await?;
            field.clear().await?;
            Ok(field.send_keys(words).await?)
        };
        // A word of its standfirst, one of its tags, and its section.
        let edition = std::fs::read_to_string(site.folder().join("edition/edition.json"))?;
        let edition: serde_json::Value = serde_json::from_str(&edition)?;
        let sections = edition["sections"].as_array().context("sections")?;
        let (section, teaser) = sections
            .iter()
            .flat_map(|section| {
                section["teasers"].as_array().into_iter().flatten().map(move |it| (section, it))
            })
            .find(|(_, teaser)| teaser["id"] == "harbour-lights")
            .context("a teaser")?;
        let words = [&teaser["standfirst"], &section["name"], &teaser["tags"][0]];
        for words in words.map(serde_json::Value::as_str) {
            search(words.context("words")?).await?;
            lists(&browser, &[LEAD]).await?;
        }
        search("zzzz").await?;
        says(&browser, "main p", "No saved stories match “zzzz”.").await?;
        browser.press("button", "Clear search").await?;
        browser.until("all are listed", "return listed().length === 2").await?;
        ensure!(
            browser.script("return document.activeElement === queryByRole('searchbox')").await? == true,
            "the focus is lost, in {kind:?}"
        );
        browser.press("checkbox", "Unread only").await?;
        says(&browser, "main p", "No unread stories.").await?;
        browser.press("button", "Show all").await?;
        browser.until("all are listed again", "return listed().length === 2").await?;
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_history_lists_what_was_opened_and_is_cleared_with_a_way_back() -> Result<()> {
    for kind in Kind::all() {
        let (site, browser) = (site().await?, Browser::start(kind).await?);
        for (path, headline) in [(HARBOUR, LEAD), ("story/glacier-clock/", GLACIER)] {
            open(&browser, &site, path).await?;
            browser.by_role("heading", headline).await?;
            browser.by_role("button", "Mark as unread").await?;
        }
        open(&browser, &site, "history/").await?;
        lists(&browser, &[LEAD, GLACIER]).await?;
        let first = browser.script(&format!("return {LISTED}[0]")).await?;
        ensure!(first == GLACIER, "the latest comes first, not {first}");
        browser.press("button", "Clear history").await?;
        says(&browser, "main p", "No history yet").await?;
        browser.press("button", "Undo").await?;
        lists(&browser, &[LEAD, GLACIER]).await?;
        browser.press("button", "Clear history").await?;
        says(&browser, "main p", "No history yet").await?;
        browser.driver.refresh().await?;
        says(&browser, "main p", "No history yet").await?;
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn what_is_taken_off_the_stories_to_continue_is_off_them() -> Result<()> {
    for kind in Kind::all() {
        let (site, browser) = (site().await?, Browser::start(kind).await?);
        open(&browser, &site, HARBOUR).await?;
        let block = "const blocks = paragraphs(); const block = blocks[Math.floor((blocks.length - 1) / 2)];";
        browser
            .script(&format!("{block} scrollTo(0, block.getBoundingClientRect().top + scrollY - 80)"))
            .await?;
        browser.until("the place is noted", &noted("harbour-lights", "p")).await?;
        open(&browser, &site, "continue/").await?;
        lists(&browser, &[LEAD]).await?;
        for undo in [true, false] {
            field(&browser, &format!("Select: {LEAD}")).await?.click().await?;
            browser.press("button", "Remove").await?;
            says(&browser, "main p", "Nothing in progress").await?;
            notice(&browser, "1 story taken off the list.").await?;
            if undo {
                browser.press("button", "Undo").await?;
                lists(&browser, &[LEAD]).await?;
            }
        }
        browser.driver.refresh().await?;
        says(&browser, "main p", "Nothing in progress").await?;
        browser.quit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_cleared_history_is_not_stored_any_more() -> Result<()> {
    for kind in Kind::all() {
        let (site, browser) = (site().await?, Browser::start(kind).await?);
        open(&browser, &site, "story/glacier-clock/").await?;
        browser.until("it is noted", &noted("glacier-clock", "o")).await?;
        save(&browser, &site, HARBOUR).await?;
        open(&browser, &site, "history/").await?;
        lists(&browser, &[LEAD, GLACIER]).await?;
        browser.press("button", "Clear history").await?;
        let stored =
            format!("return Object.values(localStorage).some(text => text.includes({}))", quoted(GLACIER));
        ensure!(browser.script(&stored).await? == true, "it can't be taken back");
        browser
            .until(
                "it is gone from storage",
                &format!("{}; return !found()", stored.replacen("return", "const found = () =>", 1)),
            )
            .await?;
        open(&browser, &site, "saved/").await?;
        lists(&browser, &[LEAD]).await?;
        browser.quit().await?;
    }
    Ok(())
}
