//! What screens share, one component a file.

#![allow(clippy::needless_pass_by_value, reason = "components own their props")]

pub mod also_like;
pub mod blocks;
pub mod corrections;
pub mod embed;
pub mod event_list;
pub mod feed;
pub mod follow_button;
pub mod language;
pub mod live_controls;
pub mod live_header;
pub mod live_overview;
pub mod load_view;
pub mod masthead;
pub mod not_found;
pub mod notice_list;
pub mod picture;
pub mod post;
pub mod read_button;
pub mod related;
pub mod save_button;
pub mod saved_story;
pub mod screen_link;
pub mod section_controls;
pub mod share_button;
pub mod site_footer;
pub mod skip_link;
pub mod story_footer;
pub mod story_header;
pub mod table;
pub mod teaser;
pub mod teaser_marks;
pub mod text;
pub mod time;
pub mod titled_section;
pub mod toggle_button;
