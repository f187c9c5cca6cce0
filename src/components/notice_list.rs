//! The stack of notices.
use leptos::prelude::*;
/// Stub
#[component]
pub fn NoticeList() -> impl IntoView {}
