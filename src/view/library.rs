//! The edition and the stories that this tab has loaded, and the loading of them.

use std::future::Future;
use std::sync::Arc;

use any_spawner::Executor;
use reactive_graph::owner::StoredValue;
use reactive_graph::prelude::*;
use reactive_graph::signal::{ReadSignal, RwSignal};

use super::load::{Fault, Load, PATIENCE, SLOW_AFTER, VERY_SLOW_AFTER};
use crate::browser::{clock, fetch};
use crate::content::decode::{self, Decoded, Failure};
use crate::content::{Edition, Story, StoryId};
use crate::route;

/// What has been loaded. Content is immutable, so that it is shared, not copied.
#[derive(Clone, Copy)]
pub struct Library {
    base: StoredValue<String>,
    edition: RwSignal<Load<Arc<Edition>>>,
    stories: StoredValue<Vec<Arc<Story>>>,
}

impl Library {
    /// A library of the publication at `base`, with nothing in it yet.
    #[must_use]
    pub fn new(base: String) -> Self {
        Self {
            base: StoredValue::new(base),
            edition: RwSignal::new(Load::Loading),
            stories: StoredValue::new(Vec::new()),
        }
    }

    /// A library that holds an edition already.
    #[must_use]
    pub fn holding(base: String, edition: Arc<Edition>) -> Self {
        let library = Self::new(base);
        library.edition.set(Load::Loaded(edition));
        library
    }

    /// The edition, as far as it has come.
    #[must_use]
    pub fn edition(self) -> ReadSignal<Load<Arc<Edition>>> {
        self.edition.read_only()
    }

    /// The edition, once it is there.
    #[must_use]
    pub fn loaded_edition(self) -> Option<Arc<Edition>> {
        self.edition.with(|edition| edition.loaded().cloned())
    }

    /// Asks for the edition, again where it was asked for before.
    pub fn load_edition(self) {
        load(self.edition, self.fetch(&route::edition_file(), decode::edition));
    }

    /// A story: at once where this tab has read it before.
    #[must_use]
    pub fn story(self, id: &StoryId) -> RwSignal<Load<Arc<Story>>> {
        let known = self.stories.with_value(|stories| stories.iter().find(|story| story.id == *id).cloned());
        let story = RwSignal::new(known.clone().map_or(Load::Loading, Load::Loaded));
        if known.is_none() {
            self.load_story(id, story);
        }
        story
    }

    /// Asks for a story, again where it was asked for before.
    pub fn load_story(self, id: &StoryId, into: RwSignal<Load<Arc<Story>>>) {
        let asked = self.fetch(&route::story_file(id), decode::story);
        load(into, async move {
            let story = asked.await?;
            self.stories.update_value(|stories| stories.push(Arc::clone(&story)));
            Ok(story)
        });
    }

    fn fetch<T>(
        self,
        file: &str,
        decode: fn(&[u8]) -> Result<Decoded<T>, Failure>,
    ) -> impl Future<Output = Result<Arc<T>, Fault>> + use<T> {
        let address = self.base.with_value(|base| format!("{base}{file}"));
        async move {
            let bytes = fetch::bytes(&address, PATIENCE).await.map_err(Fault::Fetch)?;
            decode(&bytes).map(|decoded| Arc::new(decoded.value)).map_err(Fault::File)
        }
    }
}

/// Follows an attempt through its states. A reader who has left by then no longer has the signal.
fn load<T>(into: RwSignal<Load<T>>, attempt: impl Future<Output = Result<T, Fault>> + 'static)
where
    T: Send + Sync + 'static,
{
    into.set(Load::Loading);
    for (delay, state) in [(SLOW_AFTER, Load::Slow), (VERY_SLOW_AFTER, Load::VerySlow)] {
        clock::after(delay, move || {
            into.try_maybe_update(|load| {
                let waiting = load.is_waiting();
                if waiting {
                    *load = state;
                }
                (waiting, ())
            });
        });
    }
    Executor::spawn_local(async move {
        let attempt = attempt.await;
        into.try_set(Load::from_attempt(attempt));
    });
}
