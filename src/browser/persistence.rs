//! Persistence and quota of the browser's storage for this origin.

use wasm_bindgen::JsValue;

fn manager() -> Option<JsValue> {
    let navigator = super::window()?.navigator();
    super::property(&navigator, "storage")
}

/// Asks the browser not to evict this origin's storage. Returns whether it agrees.
pub async fn persist() -> bool {
    is_granted("persist").await
}

/// Whether the browser has agreed not to evict this origin's storage.
pub async fn persisted() -> bool {
    is_granted("persisted").await
}

async fn is_granted(method: &str) -> bool {
    let Some(manager) = manager() else { return false };
    super::call_async(&manager, method).await.is_some_and(|answer| answer.is_truthy())
}

/// How many bytes are stored, and how many may be. `None` if the browser does not say.
pub async fn estimate() -> Option<(u64, u64)> {
    let estimate = super::call_async(&manager()?, "estimate").await?;
    let bytes = |name| {
        let bytes = super::property(&estimate, name)?.as_f64()?;
        // A whole number, not negative.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "see above")]
        Some(bytes as u64)
    };
    Some((bytes("usage")?, bytes("quota")?))
}
