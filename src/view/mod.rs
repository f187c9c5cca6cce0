//! What is on the screen: pages, and the parts that they share.
//!
//! A part is a plain function from content to [`html::Node`]; it binds, and decides nothing that a function
//! elsewhere could decide. The same functions run natively (feature `ssr`), where they render to HTML.

pub mod acting;
pub mod asking;
pub mod corner;
pub mod following;
pub mod html;
pub mod install;
pub mod keeping;
pub mod keys;
pub mod later;
pub mod library;
pub mod load;
pub mod navigation;
pub mod noting;
pub mod offline;
pub mod opened;
pub mod own;
pub mod pages;
pub mod parts;

use reactive_graph::owner::{provide_context, use_context};

use library::Library;
use navigation::Navigation;

/// What every part of a page finds around it.
#[derive(Clone, Copy)]
pub struct Given {
    /// What has been loaded.
    pub library: Library,
    /// The screen that is shown, and the ways to others.
    pub navigation: Navigation,
}

impl Given {
    /// Gives it to all that is built from here on.
    pub fn provide(library: Library, navigation: Navigation) {
        provide_context(Self { library, navigation });
    }

    /// What is given here.
    #[must_use]
    pub fn here() -> Option<Self> {
        use_context()
    }
}
