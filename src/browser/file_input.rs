//! Files that the reader chooses.

use wasm_bindgen::JsCast;

/// A chosen file.
#[derive(Clone, Debug)]
pub struct ChosenFile(web_sys::Blob);

/// The browser can't read a file: it is gone, or access is denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

/// The first file in the field that an event is about; `None` if none is chosen.
#[must_use]
pub fn chosen_file(event: &web_sys::Event) -> Option<ChosenFile> {
    let field = super::target_of(event)?;
    let files = super::property(&field, "files")?;
    super::property(&files, "0")?.dyn_into().ok().map(ChosenFile)
}

impl ChosenFile {
    /// Its content.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub async fn bytes(self) -> Result<Vec<u8>, Unreadable> {
        let buffer = wasm_bindgen_futures::JsFuture::from(self.0.array_buffer()).await;
        buffer.map(|buffer| js_sys::Uint8Array::new(&buffer).to_vec()).map_err(|_| Unreadable)
    }
}
