//! Where a reader of a live blog wants to be.

use crate::content::live::PostNumber;
use crate::state::navigation::Navigation;

/// A post that is to be gone to, as soon as it is there.
#[derive(Clone, Copy)]
pub(super) struct Target {
    pub(super) post: PostNumber,
    /// How far from the top of the window it is to be put, where that is known.
    pub(super) at: Option<f64>,
    /// When that was wanted: a reader who has gone on reading since is left where they are.
    pub(super) since: i64,
    /// Whether a link has led there, from which the way to the newest post is offered.
    pub(super) by_link: bool,
    /// What waits to hear that the reader has arrived.
    pub(super) navigation: Option<Navigation>,
}
