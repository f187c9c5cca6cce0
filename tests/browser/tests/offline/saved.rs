//! Saved stories: their files are whole, mended, and outlive what else is kept.

use anyhow::{Context, Result, ensure};
use browser_tests::browser::{Browser, in_each};
use browser_tests::kept::put;
use browser_tests::site::{Fault, Site};
use dateline::content::StoryId;
use dateline::reading::{Action, Reading, StorySnapshot};
use serde_json::Value;

use crate::common::*;

#[tokio::test]
async fn a_saved_story_is_whole_and_is_mended() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::start("/").await?;
        visit(&browser, &site).await?;
        // As `view::offline::files` writes it.
        let keep = "const files = 'concert-hall\\nedition/stories/concert-hall.json\\nedition/images/hall-a-960.webp\\tedition/images/hall-a-480.webp\\tedition/images/hall-a-1600.webp\\nedition/images/hall-b-960.webp\\tedition/images/hall-b-480.webp\\tedition/images/hall-b-1600.webp';";
        site.fault("edition/images/hall-b-960.webp", Some(Fault::Page));
        site.fault("edition/images/hall-b-480.webp", Some(Fault::Status(404)));
        site.fault("edition/images/hall-b-1600.webp", Some(Fault::Status(500)));
        let state = "return (await ask('state\\nconcert-hall\\nnever-saved')).join()";
        let said = run(&browser, &format!("{keep} return (await ask('keep\\n' + files)).join()")).await?;
        ensure!(said == "1 3,2 3,2 3", "{said}");
        ensure!(run(&browser, state).await? == "concert-hall 2 3,never-saved 0 0");

        // Another width is better than none.
        site.fault("edition/images/hall-b-1600.webp", None);
        let said = run(&browser, &format!("{keep} return (await ask('keep\\n' + files)).at(-1)")).await?;
        ensure!(said == "3 3", "{said}");
        // All else that is kept goes, and the story stays.
        run(&browser, "await ask('free\\nnews\\npictures\\npages\\nshell\\nsaved')").await?;
        ensure!(run(&browser, state).await? == "concert-hall 3 3,never-saved 0 0");
        site.dead(true);
        browser.driver.goto(format!("{}story/concert-hall/", site.url)).await?;
        let shown = "const all = [...document.querySelectorAll('article:has(h1) img')]; all.forEach(i => i.loading = 'eager');
             return all.filter(i => /hall-[ab]/.test(i.currentSrc) && i.naturalWidth > 0).length >= 2";
        browser.until("its pictures are shown", shown).await?;

        // The browser has cleared one away.
        site.dead(false);
        run(&browser, "const cache = await caches.open('dateline-saved /'); for (const key of await cache.keys()) if (key.url.includes('hall-a')) await cache.delete(key)").await?;
        ensure!(run(&browser, state).await? == "concert-hall 2 3,never-saved 0 0");
        let said = run(&browser, &format!("{keep} return (await ask('keep\\n' + files)).at(-1)")).await?;
        ensure!(said == "3 3", "{said}");

        // What two stories need stays until neither is saved.
        run(&browser, "await ask('keep\\nother\\nedition/stories/night-buses.json\\nedition/images/hall-a-960.webp')").await?;
        run(&browser, "await ask('drop\\nconcert-hall')").await?;
        ensure!(run(&browser, "return kept('saved', 'edition/images/hall-a-960.webp')").await? == true);
        ensure!(run(&browser, "return kept('saved', 'edition/images/hall-b-960.webp')").await? == false);
        run(&browser, "await ask('drop\\nother')").await?;
        ensure!(run(&browser, "return (await (await caches.open('dateline-saved /')).keys()).length").await? == 0);
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn a_saved_story_outlives_its_publication() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::start("/").await?;
        visit(&browser, &site).await?;
        run(&browser, "await ask('keep\\nharbour-lights\\nedition/stories/harbour-lights.json')").await?;
        std::fs::remove_file(site.folder().join("edition/stories/harbour-lights.json"))?;
        std::fs::remove_dir_all(site.folder().join(STORY))?;
        browser.driver.goto(format!("{}{STORY}", site.url)).await?;
        browser.by_role("heading", LEAD).await?;
        run(&browser, "await ask('drop\\nharbour-lights')").await?;
        browser.driver.goto(format!("{}{STORY}", site.url)).await?;
        browser.by_role("heading", "There is no such page").await?;
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn saving_takes_the_room_of_pictures_that_were_merely_seen() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::start("/").await?;
        can_fail(&site)?;
        visit(&browser, &site).await?;
        // The page's own pictures may still be on their way: it is this one that takes the room.
        run(&browser, "await (await caches.open('dateline-pictures /')).put('x.webp', new Response('x'))")
            .await?;
        run(&browser, "registration.active.postMessage('test: full of pictures')").await?;
        let said = run(
            &browser,
            "return (await ask('keep\\nharbour-lights\\nedition/stories/harbour-lights.json')).join()",
        )
        .await?;
        ensure!(said == "1 1", "{said}");
        run(&browser, "registration.active.postMessage('test: full')").await?;
        let said = run(
            &browser,
            "return (await ask('keep\\nnight-buses\\nedition/stories/night-buses.json')).join()",
        )
        .await?;
        ensure!(said == "full", "{said}");
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn nothing_but_the_story_itself_takes_the_place_of_its_copy() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::start("/").await?;
        visit(&browser, &site).await?;
        let file = "edition/stories/harbour-lights.json";
        run(&browser, &format!("await ask('keep\\nharbour-lights\\n{file}')")).await?;
        let saved = format!("return (await (await (await caches.open('dateline-saved /')).match(new URL('{file}', base))).text())");
        let before = run(&browser, &saved).await?;
        let get = |file: &str| format!("return (await fetch('{file}')).text()");
        for other in ["{\"error\": \"no\"}", "[]", "null", "{\"version\": 1, \"id\": \"another\", \"kind\": \"article\", \"headline\": \"Another\"}", "{\"version\": \"1\", \"id\": \"harbour-lights\"}"] {
            site.fault(file, Some(Fault::Bytes(other.as_bytes().to_vec())));
            ensure!(run(&browser, &get(file)).await? == before, "{other} is answered");
            ensure!(run(&browser, &saved).await? == before, "{other} is saved");
        }
        // Where there is no copy, what the network says is for the app to judge.
        site.fault("edition/stories/night-buses.json", Some(Fault::Bytes(b"{\"error\": \"no\"}".to_vec())));
        ensure!(run(&browser, &get("edition/stories/night-buses.json")).await? == "{\"error\": \"no\"}");
        ensure!(run(&browser, "return kept('news', 'edition/stories/night-buses.json')").await? == false);
        // What the app reads is no reason to show an old copy.
        let newer = before.as_str().context("a text")?.replace(LEAD, "A newer headline") + "\n<!-- cached by a plugin -->\n";
        site.fault(file, Some(Fault::Bytes(newer.clone().into_bytes())));
        ensure!(run(&browser, &get(file)).await? == newer.as_str());
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn what_could_not_be_saved_is_mended_by_itself() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::start("/").await?;
        visit(&browser, &site).await?;
        let story = format!("{}story/concert-hall/", site.url);
        let said = |words: &str| format!("return queryAllByRole('status').some(status => words(status) === '{words}')");
        // Saved with no network.
        browser.driver.goto(&story).await?;
        browser.ready().await?;
        browser.by_role("button", "Save").await?;
        until(&browser, "its text is kept", "return kept('news', 'edition/stories/concert-hall.json')").await?;
        run(&browser, "await ask('free\\npictures')").await?;
        site.dead(true);
        browser.script("dispatchEvent(new Event('offline'))").await?;
        browser.press("button", "Save").await?;
        browser.until("it says so", &said("Saved, but not all of it for offline")).await?;
        site.dead(false);
        browser.script("dispatchEvent(new Event('online'))").await?;
        browser.until("all of it is there", &said("Saved for offline")).await?;

        // Parts were cleared away: the next visit fetches them, one story after the other. One that was cleared away whole
        // stays so, for the reader to decide, whichever comes first.
        for id in ["arabic-looms", "night-buses"] {
            browser.driver.goto(format!("{}story/{id}/", site.url)).await?;
            browser.ready().await?;
            browser.press("button", "Save").await?;
            browser.until("all of it is there", &said("Saved for offline")).await?;
        }
        run(&browser, "const cache = await caches.open('dateline-saved /'); for (const key of await cache.keys()) if (/hall|images/.test(key.url)) await cache.delete(key)").await?;
        let state = "const said = (await ask('state\\narabic-looms\\nconcert-hall\\nnight-buses')).map(one => one.split(' '));";
        let parts = format!("{state} return said.every(([id, have, of]) => id === 'concert-hall' ? of === '0' : have < of)");
        ensure!(run(&browser, &parts).await? == true, "a part of two is gone, and all of one");
        browser.driver.goto(&site.url).await?;
        let whole = format!("{state} return said.every(([id, have, of]) => id === 'concert-hall' || have === of)");
        until(&browser, "they are whole", &whole).await?;
        ensure!(run(&browser, "return (await ask('state\\nconcert-hall')).join()").await? == "concert-hall 0 0");
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn files_of_what_is_saved_no_more_go_when_saved_stories_are_looked_at() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::start("/").await?;
        visit(&browser, &site).await?;
        for id in ["harbour-lights", "night-buses", "glacier-clock"] {
            run(&browser, &format!("await ask('keep\\n{id}\\nedition/stories/{id}.json')")).await?;
        }
        // MergeOutcome off the list an hour ago, and the page closed at once; saved still; and one of which nothing is known.
        let now =
            i64::try_from(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_millis())?;
        let hour = 3_600_000;
        let mut reading = Reading::default();
        for name in ["harbour-lights", "glacier-clock"] {
            let facts = StorySnapshot {
                headline: name.to_owned(),
                url: None,
                section: None,
                published: now,
                is_live: false,
            };
            reading.apply(Action::Saved(StoryId::parse(name).context("an id")?, facts), now - 2 * hour);
        }
        let taken_off = StoryId::parse("harbour-lights").context("an id")?;
        reading.apply(Action::Unsaved(vec![taken_off]), now - hour);
        put(&browser, &site, &reading).await?;
        browser.driver.goto(format!("{}saved/", site.url)).await?;
        until(&browser, "its list is gone", "return !await kept('saved', 'saved/harbour-lights.list')")
            .await?;
        until(
            &browser,
            "its text is gone",
            "return !await kept('saved', 'edition/stories/harbour-lights.json')",
        )
        .await?;
        for id in ["night-buses", "glacier-clock"] {
            ensure!(
                run(&browser, &format!("return kept('saved', 'saved/{id}.list')")).await? == true,
                "{id} is gone"
            );
        }
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn pictures_have_a_cap_and_saved_ones_stay() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::start("/").await?;
        visit(&browser, &site).await?;
        run(&browser, "await ask('keep\\nconcert-hall\\nedition/stories/concert-hall.json\\nedition/images/hall-a-480.webp')").await?;
        let more = "const all = [...Array(230).keys()].map(at => new URL(`edition/images/hall-b-480.webp?${at}`, base).href);
             await ask('loaded\\n' + all.join('\\n'));
             const keys = await (await caches.open('dateline-pictures /')).keys();
             return keys.length === 200 && keys.at(-1).url === all.at(-1)";
        ensure!(run(&browser, more).await? == true, "the newest 200 are kept");
        ensure!(run(&browser, "return kept('saved', 'edition/images/hall-a-480.webp')").await? == true);
        browser.quit().await
    })
    .await
}

#[tokio::test]
async fn saved_live_coverage_keeps_what_was_loaded_and_goes_on() -> Result<()> {
    in_each(|browser: Browser| async move {
        let site = Site::start("/").await?;
        visit(&browser, &site).await?;
        let (file, story) = ("edition/stories/storm-live.json", format!("{}story/storm-live/", site.url));
        browser.driver.goto(&story).await?;
        browser.ready().await?;
        browser.press("button", "Save").await?;
        browser.by_role("button", "Saved").await?;
        until(&browser, "it is saved", &format!("return kept('saved', '{file}')")).await?;
        // What the browser may clear is gone, and the network.
        run(&browser, "await ask('free\\nnews\\npictures\\npages')").await?;
        site.dead(true);
        browser.driver.goto(&story).await?;
        let posts = "return document.querySelectorAll('[role=feed] article[id]').length > 3";
        browser.until("its updates are there", posts).await?;
        // It goes on, and what is saved goes on with it.
        let path = site.folder().join(file);
        let head = std::fs::read_to_string(&path)?;
        let newer = head.replace("The peak has passed", "The peak is long past").replace("\"revision\":21", "\"revision\":22");
        ensure!(newer != head);
        std::fs::write(&path, newer)?;
        site.dead(false);
        browser.script("dispatchEvent(new Event('online'))").await?;
        let saved = format!("return (await (await (await caches.open('dateline-saved /')).match(new URL('{file}', base))).text()).includes('long past')");
        until(&browser, "what is saved is the newer one", &saved).await?;
        // With the pictures that have come to it while it is followed; and while it was not, once the app is opened.
        for (revision, picture) in [(23, "edition/images/birds-480.webp"), (24, "edition/images/seeds-480.webp")] {
            ensure!(run(&browser, &format!("return kept('saved', '{picture}')")).await? == false);
            if revision == 24 {
                browser.driver.goto(&site.url).await?;
                browser.ready().await?;
            }
            let mut head: Value = serde_json::from_str(&std::fs::read_to_string(&path)?)?;
            let live = head.get_mut("live").and_then(Value::as_object_mut).context("it is live")?;
            live.insert("revision".to_owned(), revision.into());
            let url = picture.trim_start_matches("edition/");
            let figure = serde_json::json!({ "kind": "figure", "picture": { "sources": [{ "url": url }] } });
            live.insert("summary".to_owned(), Value::Array(vec![figure]));
            std::fs::write(&path, head.to_string())?;
            if revision == 24 {
                browser.driver.goto(&site.url).await?;
            } else {
                browser.script("dispatchEvent(new Event('online'))").await?;
            }
            until(&browser, "its picture is saved", &format!("return kept('saved', '{picture}')")).await?;
        }
        browser.quit().await
    })
    .await
}
