//! Forms: what is written and chosen in them.

use wasm_bindgen::JsCast;

/// A form of the page.
pub struct Form(web_sys::Element);

impl Form {
    /// What is written or chosen under a name; empty where there is no such field.
    #[must_use]
    pub fn value(&self, name: &str) -> String {
        self.field(name).and_then(|field| text_of(&field, "value")).unwrap_or_default()
    }

    /// Whether the box of that name is checked.
    #[must_use]
    pub fn is_checked(&self, name: &str) -> bool {
        self.field(name).is_some_and(|field| is_checked(&field))
    }

    fn field(&self, name: &str) -> Option<web_sys::Element> {
        self.0.query_selector(&format!("[name=\"{name}\"]")).ok().flatten()
    }
}

fn text_of(element: &web_sys::Element, name: &str) -> Option<String> {
    super::property(element, name)?.as_string()
}

fn is_checked(element: &web_sys::Element) -> bool {
    super::property(element, "checked").and_then(|checked| checked.as_bool()).unwrap_or(false)
}

/// Calls `submit` when the form is sent off, which goes nowhere else.
pub fn on_submit(form: &web_sys::Element, submit: impl Fn(&Form) + 'static) {
    let own = Form(form.clone());
    super::listen(form, "submit", move |event: &web_sys::Event| {
        event.prevent_default();
        submit(&own);
    });
}

/// Calls `changed` whenever something is written or chosen in the form.
pub fn on_change(form: &web_sys::Element, changed: impl Fn(&Form) + 'static) {
    let own = Form(form.clone());
    super::listen(form, "input", move |_: &web_sys::Event| changed(&own));
    super::listen(form, "submit", |event: &web_sys::Event| event.prevent_default());
}

/// Calls `chosen` when this field is chosen.
pub fn on_choice(field: &web_sys::Element, chosen: impl Fn() + 'static) {
    super::listen(field, "change", move |_: &web_sys::Event| chosen());
}

/// Checks the first box that `selector` finds; of a choice among several, the others are not checked any more.
pub fn check(selector: &str) {
    if let Some(found) = super::page::find(selector) {
        // Refused only by what is no object.
        let _ = js_sys::Reflect::set(&found, &"checked".into(), &true.into());
    }
}

/// Has a box check, or uncheck, all boxes that `selector` finds.
pub fn check_all(all: &web_sys::Element, selector: &'static str) {
    let own = all.clone();
    super::listen(all, "change", move |_: &web_sys::Event| {
        let checked = is_checked(&own).into();
        for found in super::page::all(selector) {
            // Refused only by what is no object.
            let _ = js_sys::Reflect::set(&found, &"checked".into(), &checked);
        }
    });
}

/// The values of all fields that `selector` finds.
#[must_use]
pub fn values(selector: &str) -> Vec<String> {
    super::page::all(selector).iter().filter_map(|field| text_of(field, "value")).collect()
}

/// Offers a text to the reader as a file of that name.
pub fn hand_out(name: &str, kind: &str, text: &str) {
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(kind);
    let parts = js_sys::Array::of1(&text.into());
    let blob = web_sys::Blob::new_with_str_sequence_and_options(&parts, &options);
    let address = blob.ok().and_then(|blob| web_sys::Url::create_object_url_with_blob(&blob).ok());
    let link = super::document().and_then(|document| document.create_element("a").ok());
    let (Some(address), Some(link)) =
        (address, link.and_then(|link| link.dyn_into::<web_sys::HtmlElement>().ok()))
    else {
        return;
    };
    for (name, value) in [("href", address.as_str()), ("download", name)] {
        // Refused only for a name that is no attribute's.
        let _ = link.set_attribute(name, value);
    }
    link.click();
    super::clock::after(60_000, move || {
        // Refused only for what is no address.
        let _ = web_sys::Url::revoke_object_url(&address);
    });
}

/// A file was chosen that the browser can't read: it is gone by now, or is none of this reader's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

/// The bytes of the file that was chosen in a field; `None` where there is none.
///
/// # Errors
/// [`Unreadable`].
pub async fn chosen_file(field: web_sys::Element) -> Result<Option<Vec<u8>>, Unreadable> {
    let file = super::property(&field, "files").and_then(|files| super::property(&files, "0"));
    let Some(file) = file.and_then(|file| file.dyn_into::<web_sys::Blob>().ok()) else { return Ok(None) };
    let bytes = wasm_bindgen_futures::JsFuture::from(file.array_buffer()).await.map_err(|_| Unreadable)?;
    Ok(Some(js_sys::Uint8Array::new(&bytes).to_vec()))
}
