//! The reading state is never lost: saving, two tabs at once, storage that fails, a browser that is killed,
//! damaged and deleted values; and the screens that show it.

#![allow(clippy::indexing_slicing, reason = "a test fails where something is not there")]

mod common;
mod damage;
mod lists;
mod saving;
mod settings;
mod storage;
