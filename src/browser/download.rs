//! Downloads: offering texts to the reader as files.

use wasm_bindgen::JsCast;

use super::timer;

/// When the browser has certainly taken the file, in milliseconds.
const TAKEN: u32 = 60_000;

/// Offers a text to the reader as a file with that name and media type.
pub fn offer(name: &str, media_type: &str, text: &str) {
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(media_type);
    let parts = js_sys::Array::of1(&text.into());
    let blob = web_sys::Blob::new_with_str_sequence_and_options(&parts, &options);
    let address = blob.and_then(|blob| web_sys::Url::create_object_url_with_blob(&blob));
    let link = super::document().and_then(|document| document.create_element("a").ok());
    let link = link.and_then(|link| link.dyn_into::<web_sys::HtmlAnchorElement>().ok());
    let (Ok(address), Some(link)) = (address, link) else { return };
    link.set_href(&address);
    link.set_download(name);
    link.click();
    timer::after(TAKEN, move || {
        // Fails only for an invalid address.
        let _ = web_sys::Url::revoke_object_url(&address);
    });
}
