//! The web app manifest: the app's own, with the publication's name and language.

use dateline::content::Publication;
use serde_json::{Map, Value};

/// The manifest of a publication, made from the app's own. Its screenshots show the demonstration edition, so other
/// publications have none.
///
/// # Errors
/// If the app's own manifest is not a JSON object.
pub fn with_publication(
    manifest: &[u8],
    publication: &Publication,
    is_demonstration: bool,
) -> serde_json::Result<String> {
    let mut manifest: Map<String, Value> = serde_json::from_slice(manifest)?;
    manifest.insert("name".to_owned(), publication.name.clone().into());
    manifest.insert("short_name".to_owned(), publication.name.clone().into());
    if let Some(tagline) = &publication.tagline {
        manifest.insert("description".to_owned(), tagline.clone().into());
    }
    // The names of the app's own screens in it are English.
    if let Some(direction) = publication.runs() {
        manifest.insert("dir".to_owned(), direction.as_str().into());
    }
    if let Some(language) = &publication.language {
        manifest.insert("lang".to_owned(), language.as_str().into());
    }
    if !is_demonstration {
        manifest.remove("screenshots");
    }
    Ok(serde_json::to_string_pretty(&manifest)? + "\n")
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use dateline::content::decode;
    use dateline::route::Route;

    use super::*;

    #[test]
    fn an_installed_app_has_the_name_of_its_publication() {
        let edition =
            br#"{"version": 1, "publication": {"name": "A \"B\" & C", "language": "ar"}, "sections": []}"#;
        let publication = decode::edition(edition).unwrap().value.publication;
        let own =
            fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../public/manifest.webmanifest")).unwrap();
        let manifest = with_publication(&own, &publication, false).unwrap();
        let manifest: Value = serde_json::from_str(&manifest).unwrap();
        assert_eq!(manifest["name"], "A \"B\" & C");
        assert_eq!((&manifest["lang"], &manifest["dir"]), (&"ar".into(), &"rtl".into()));
        assert!(manifest.get("screenshots").is_none());
    }

    /// Checks that everything the manifest names exists, is relative to the manifest, and leads somewhere.
    #[test]
    fn the_manifest_keeps_its_word() {
        let public = Path::new(env!("CARGO_MANIFEST_DIR")).join("../public");
        let manifest: Value =
            serde_json::from_slice(&fs::read(public.join("manifest.webmanifest")).unwrap()).unwrap();
        let list = |name: &str| manifest[name].as_array().cloned().unwrap_or_default();
        let mut pictures = [list("icons"), list("screenshots")].concat();
        for shortcut in list("shortcuts") {
            let url = shortcut["url"].as_str().unwrap();
            let path = url.split('?').next().unwrap();
            assert!(Route::parse(path) != Route::Unknown, "{url}");
            pictures.extend(shortcut["icons"].as_array().cloned().unwrap_or_default());
        }
        assert!(pictures.len() > 6);
        for picture in pictures {
            let src = picture["src"].as_str().unwrap();
            let bytes = fs::read(public.join(src)).unwrap_or_else(|_| panic!("{src} is missing"));
            let sizes = picture["sizes"].as_str().unwrap();
            if let Some(png) = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n") {
                let side = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
                assert_eq!(sizes, format!("{}x{}", side(8), side(12)), "{src}");
            }
        }
        for purpose in ["any", "maskable", "monochrome"] {
            assert!(list("icons").iter().any(|icon| icon["purpose"] == purpose), "{purpose}");
        }
        for form in ["wide", "narrow"] {
            assert!(list("screenshots").iter().any(|picture| picture["form_factor"] == form), "{form}");
        }
        let shortcuts: Vec<_> = list("shortcuts").iter().map(|shortcut| shortcut["url"].clone()).collect();
        assert_eq!(shortcuts, ["saved/", "./?live", "continue/"]);
        assert_eq!(manifest["launch_handler"]["client_mode"][0], "focus-existing");
        assert_eq!(manifest["display_override"][0], "standalone");
        let share = &manifest["share_target"];
        assert_eq!((&share["method"], &share["params"]["url"]), (&"GET".into(), &"url".into()));
        // A relative id counts from the origin; without an id it is the start address
        // (docs/decisions/008-offline.md).
        assert!(manifest.get("id").is_none());
        for place in [&manifest["start_url"], &manifest["scope"], &manifest["share_target"]["action"]] {
            assert_eq!(place, "./");
        }
    }
}
