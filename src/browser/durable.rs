//! What the browser keeps of this origin: for how long, and how much.

use wasm_bindgen::JsValue;

fn manager() -> Option<JsValue> {
    let navigator = super::window()?.navigator();
    super::property(&navigator, "storage")
}

/// Asks that nothing is cleared away without the reader's word; whether the browser will see to that.
pub async fn persist() -> bool {
    told("persist").await
}

/// Whether the browser sees to it that nothing is cleared away.
pub async fn persisted() -> bool {
    told("persisted").await
}

async fn told(method: &str) -> bool {
    let Some(manager) = manager() else { return false };
    super::promised(&manager, method).await.is_some_and(|answer| answer.is_truthy())
}

/// How many bytes are kept, and how many may be. `None` where the browser won't say.
pub async fn estimate() -> Option<(u64, u64)> {
    let estimate = super::promised(&manager()?, "estimate").await?;
    let bytes = |name| {
        let bytes = super::property(&estimate, name)?.as_f64()?;
        // It is a whole number, and none below nothing.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "see above")]
        Some(bytes as u64)
    };
    Some((bytes("usage")?, bytes("quota")?))
}
