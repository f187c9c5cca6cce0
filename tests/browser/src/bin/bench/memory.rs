//! The memory of a tab that follows a live blog for a long time.

use anyhow::Result;

use crate::live::Bench;
use crate::report::table;

/// Moves the page's clock ahead, so that many polls take little time.
const HURRY: &str = "
    window.benchAhead = 0;
    const now = Date.now.bind(Date);
    Date.now = () => now() + window.benchAhead;";

/// The memory of a tab with all posts loaded, before and after many polls with a new post each.
pub async fn measure(bench: &mut Bench, polls: usize) -> Result<String> {
    println!("Memory …");
    let hurry = bench.tab.inject(HURRY).await?;
    bench.open().await?;
    bench.load_all().await?;
    bench.tab.browser.script("scrollTo(0, 0)").await?;
    let before = bench.tab.memory().await?;
    for _ in 0..polls {
        bench.publish_post()?;
        let newest = bench.newest();
        let script = "window.benchAhead += 6000; dispatchEvent(new Event('online'))";
        bench.tab.browser.script(script).await?;
        let known = format!(
            "return !!document.getElementById('{newest}') || /new update/.test(document.querySelector('.pill')?.textContent)"
        );
        bench.tab.until("the post came", &known).await?;
    }
    let after = bench.tab.memory().await?;
    bench.tab.remove(hurry).await?;
    let row = |name: &str, of: fn((f64, f64)) -> f64| {
        let (was, is) = (of(before) / 1e6, of(after) / 1e6);
        [name.to_owned(), format!("{was:.1}"), format!("{is:.1}"), format!("{:+.1}", is - was)]
    };
    Ok(format!(
        "### Memory of a tab\n\nIn MB, with all posts loaded, before and after {} polls that brought a post each.\n\n{}\n",
        polls,
        table(
            ["", "before", "after", "more"],
            &[row("JavaScript's heap", |memory| memory.0), row("WebAssembly's memory", |memory| memory.1)]
        )
    ))
}
