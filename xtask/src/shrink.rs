//! Makes the reader's module and its glue smaller, after Trunk has built them.
//!
//! wasm-bindgen names each of some 150 imports with sixteen random digits, in both files: nothing compresses
//! those. They get short names here. The module also loses its custom sections (names for debuggers) and the names of
//! its source files (for panics, which nobody hears), and the glue its comments and indentation, and what nobody calls of
//! how the module is started. `docs/decisions/005` has the numbers.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use desk::publish::shell::{MODULE, OWN};

use crate::dist::hash;

/// Shrinks the module, its parts and the glue in `folder`, gives them names by what they are now, and has the page
/// name the parts. What parts share goes into the file of the one that every page loads: one request, and not one for each
/// group of them. They have one hash, because a part fits the module that it was cut from and no other.
pub fn shrink(folder: &Path, parts: &[String]) -> Result<()> {
    let module = find(folder, MODULE)?;
    let name = module.file_name().and_then(|name| name.to_str()).context("the module has an odd name")?;
    let old = name.strip_suffix(MODULE).and_then(|stem| stem.rsplit('-').next());
    let old = old.context("the module's name has no hash")?.to_owned();
    let glue = find(folder, &format!("{old}.js"))?;

    let (bytes, names) = module_with_short_names(&fs::read(&module)?)?;
    let text = without_second_start(&fs::read_to_string(&glue)?)?;
    let text = glue_with_short_names(&text, &names)?;
    let mut files = vec![(module.clone(), bytes), (glue, text.into_bytes())];
    let file = |part: &str| PathBuf::from(module.to_string_lossy().replace(MODULE, &format!("_{part}.wasm")));
    let (shared, parts): (Vec<&str>, Vec<&str>) =
        parts.iter().map(String::as_str).partition(|part| part.contains('-'));
    for part in &parts {
        files.push((file(part), without_custom_sections(&fs::read(file(part))?)?));
    }
    let own =
        files.iter_mut().find(|(path, _)| *path == file(OWN)).context("there is no part for all pages")?;
    for shared in shared {
        let module = without_custom_sections(&fs::read(file(shared))?)?;
        own.1 = carrying(&module, &own.1)?;
        fs::remove_file(file(shared))?;
    }
    let all: Vec<u8> = files.iter().flat_map(|(_, bytes)| bytes).copied().collect();
    // Trunk leaves leading zeros out of its own; who says what never changes goes by the form of a name.
    let new: String = hash(&all).chars().take(16).collect();
    for (file, bytes) in &files {
        let renamed = file.to_string_lossy().replace(&old, &new);
        fs::write(&renamed, bytes).with_context(|| format!("{renamed} could not be written"))?;
        fs::remove_file(file)?;
    }
    let page = folder.join("index.html");
    let text = fs::read_to_string(&page)?;
    if !text.contains(&old) {
        bail!("index.html does not name the module");
    }
    let text = with_parts(&with_short_loader(&text.replace(&old, &new))?, &parts)?;
    fs::write(&page, text).context("index.html could not be written")
}

/// The page with what begins the app and nothing else where Trunk's script also tells the page of it, where nobody listens.
fn with_short_loader(page: &str) -> Result<String> {
    let loader = || {
        let (before, rest) = page.split_once("<script type=\"module\">")?;
        let (script, after) = rest.split_once("</script>")?;
        let (_, glue) = script.split_once(" from '")?;
        let (glue, rest) = glue.split_once('\'')?;
        let (_, call) = rest.split_once("await ")?;
        let (call, _) = call.split_once(';').filter(|(call, _)| call.starts_with("init("))?;
        Some(format!("{before}<script type=\"module\">import init from '{glue}'; {call};</script>{after}"))
    };
    loader().context("index.html does not begin the app as Trunk has it")
}

/// The page with the names of the parts where it names the module, for the desk (`desk/src/publish/shell.rs`).
fn with_parts(page: &str, parts: &[&str]) -> Result<String> {
    let link = format!("{MODULE}\"");
    if page.matches(&link).count() != 1 {
        bail!("index.html does not have one link to the module");
    }
    Ok(page.replace(&link, &format!("{link} data-parts=\"{}\"", parts.join(" "))))
}

/// A module that carries another one in front of its sections, for `src/browser/part.rs`: in a custom section that has no
/// name, whose length is written in as many bytes as may be (WebAssembly Core Specification, sections 5.5.3 and 5.2.2).
fn carrying(carried: &[u8], module: &[u8]) -> Result<Vec<u8>> {
    let sections = module.strip_prefix(MAGIC).context("this is no WebAssembly module")?;
    let length = carried.len() + 1;
    let mut out = MAGIC.to_vec();
    out.push(CUSTOM);
    for shift in [0, 7, 14, 21] {
        out.push((length >> shift & 0x7f) as u8 | 0x80);
    }
    out.push(u8::try_from(length >> 28).ok().filter(|high| *high < 16).context("the module is too long")?);
    // The length of the name.
    out.push(0);
    out.extend_from_slice(carried);
    out.extend_from_slice(sections);
    Ok(out)
}

/// The one file in `folder` whose name ends so.
pub fn find(folder: &Path, end: &str) -> Result<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(end) {
            found.push(path);
        }
    }
    match (found.pop(), found.is_empty()) {
        (Some(path), true) => Ok(path),
        _ => bail!("{} should have one file …{end}", folder.display()),
    }
}

/// The sections of a module that matter here (WebAssembly Core Specification, section 5.5.2).
const CUSTOM: u8 = 0;
const IMPORT: u8 = 2;
const DATA: u8 = 11;
/// What a module opens with.
const MAGIC: &[u8] = b"\0asm\x01\0\0\0";

/// The module with short names for its imports and without custom sections; and the old names, by their order.
fn module_with_short_names(module: &[u8]) -> Result<(Vec<u8>, Vec<String>)> {
    let mut out = MAGIC.to_vec();
    let mut names = Vec::new();
    for (id, content) in sections(module)? {
        match id {
            CUSTOM => {}
            IMPORT => put_section(id, &imports(content, &mut names)?, &mut out),
            DATA => put_section(id, &without_source_names(content), &mut out),
            _ => put_section(id, content, &mut out),
        }
    }
    if names.is_empty() {
        bail!("the module imports nothing, which can't be");
    }
    Ok((out, names))
}

fn without_custom_sections(module: &[u8]) -> Result<Vec<u8>> {
    let mut out = MAGIC.to_vec();
    for (id, content) in sections(module)?.into_iter().filter(|(id, _)| *id != CUSTOM) {
        match id {
            DATA => put_section(id, &without_source_names(content), &mut out),
            _ => put_section(id, content, &mut out),
        }
    }
    Ok(out)
}

/// What the names of source files begin with that panics would tell, if anybody heard them.
const SOURCES: [&[u8]; 4] = [b"src/", b"/rustc/", b"/rust/deps/", b"lib/index.crates.io-"];
/// What they end in.
const SOURCE_END: &[u8] = b".rs";

/// The data with nothing in the place of the names of source files. Everything else stays where it is.
fn without_source_names(data: &[u8]) -> Vec<u8> {
    let mut out = data.to_vec();
    let mut rest = out.as_mut_slice();
    while !rest.is_empty() {
        let length = source_name(rest).unwrap_or(0);
        let (name, after) = rest.split_at_mut(length.max(1));
        if length > 0 {
            name.fill(0);
        }
        rest = after;
    }
    out
}

/// How long the name of a source file is that `data` begins with, if it does.
fn source_name(data: &[u8]) -> Option<usize> {
    SOURCES.iter().find(|start| data.starts_with(start))?;
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-".contains(byte);
    let name = data.iter().position(|byte| !is_of_name(byte)).and_then(|end| data.get(..end)).unwrap_or(data);
    // Several may stand one after the other.
    let end = name.windows(SOURCE_END.len()).position(|part| part == SOURCE_END)?;
    Some(end + SOURCE_END.len())
}

/// The sections of a module, each with its id.
fn sections(module: &[u8]) -> Result<Vec<(u8, &[u8])>> {
    let mut reader = Reader(module.strip_prefix(MAGIC).context("this is no WebAssembly module")?);
    let mut found = Vec::new();
    while !reader.0.is_empty() {
        let id = reader.byte()?;
        let length = reader.number()?;
        found.push((id, reader.take(length)?));
    }
    Ok(found)
}

fn put_section(id: u8, content: &[u8], out: &mut Vec<u8>) {
    out.push(id);
    put_number(content.len(), out);
    out.extend_from_slice(content);
}

/// The import section with short names.
fn imports(section: &[u8], names: &mut Vec<String>) -> Result<Vec<u8>> {
    let mut reader = Reader(section);
    let count = reader.number()?;
    let mut out = Vec::new();
    put_number(count, &mut out);
    for _ in 0..count {
        let module = reader.text()?;
        let name = reader.text()?;
        let short = short(names.len());
        names.push(String::from_utf8(name.to_vec()).context("an import's name is not UTF-8")?);
        for text in [module, short.as_bytes()] {
            put_number(text.len(), &mut out);
            out.extend_from_slice(text);
        }
        let kind = reader.byte()?;
        if kind != 0 {
            bail!("an import is no function but of kind {kind}: this has to learn about it");
        }
        out.push(kind);
        let signature = reader.number()?;
        put_number(signature, &mut out);
    }
    if reader.0.is_empty() { Ok(out) } else { bail!("the import section is longer than its imports") }
}

/// The short name of an import.
fn short(number: usize) -> String {
    format!("i{number}")
}

/// The glue without its second way of starting the module, from bytes that are there already: nobody goes it.
fn without_second_start(glue: &str) -> Result<String> {
    let cut = || {
        let (before, rest) = glue.split_once("function initSync(")?;
        let (cut, after) = rest.split_once("\nlet __wbg_init_promise")?;
        if cut.contains("\nfunction ") || cut.contains("\nasync function ") {
            return None;
        }
        let (first, last) = after.split_once("export { initSync, ")?;
        Some(format!("{before}let __wbg_init_promise{first}export {{ {last}"))
    };
    cut().context("the glue does not start the module as wasm-bindgen has it")
}

/// The glue with short names for what the module imports, without comments and indentation.
fn glue_with_short_names(glue: &str, names: &[String]) -> Result<String> {
    let mut out = String::new();
    for line in glue.lines().map(str::trim) {
        // A text over several lines would have to keep its spaces.
        if line.matches('`').count() % 2 == 1 || line.starts_with("/*") || line.ends_with('\\') {
            bail!("the glue has a line that can't be cut: {line}");
        }
        if !line.is_empty() && !line.starts_with("//") {
            out.push_str(line);
            out.push('\n');
        }
    }
    for (number, name) in names.iter().enumerate() {
        // As the name of a member: whole, so that no name is found within another.
        let member = format!("\n{name}: function(");
        if out.matches(&member).count() != 1 {
            bail!("the glue does not have {name} once, as the module's import");
        }
        out = out.replace(&member, &format!("\n{}: function(", short(number)));
    }
    match names.iter().find(|name| out.contains(name.as_str())) {
        Some(name) => bail!("the glue uses {name} for something else as well"),
        None => Ok(out),
    }
}

/// Bytes of a module.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length).context("the module ends too soon")?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(*self.take(1)?.first().context("the module ends too soon")?)
    }

    /// An unsigned number in LEB128 (section 5.2.2), of at most 32 bits.
    fn number(&mut self) -> Result<usize> {
        let mut number = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        bail!("a number in the module is too long")
    }

    fn text(&mut self) -> Result<&'a [u8]> {
        let length = self.number()?;
        self.take(length)
    }
}

fn put_number(mut number: usize, out: &mut Vec<u8>) {
    loop {
        let low = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            out.push(low);
            return;
        }
        out.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_begins_the_app_and_tells_nobody() {
        let trunk = "<a>\n<script type=\"module\">\nimport init, * as bindings from './a-1.js';\nconst wasm = await init({ module_or_path: './a-1_bg.wasm' });\n\n\nwindow.wasmBindings = bindings;\n</script>\n<b>";
        let short = "<a>\n<script type=\"module\">import init from './a-1.js'; init({ module_or_path: './a-1_bg.wasm' });</script>\n<b>";
        assert_eq!(with_short_loader(trunk).unwrap(), short);
        assert!(with_short_loader("<script type=\"module\">import './x.js'</script>").is_err());
    }

    /// A module with two imports, a custom section, and a section that is left as it is.
    fn module() -> Vec<u8> {
        let mut section = vec![2];
        for name in ["__wbg_now_0123456789abcdef", "__wbg_now_0123456789abcdef0"] {
            section.extend([1, b'm', name.len() as u8]);
            section.extend(name.as_bytes());
            section.extend([0, 3]);
        }
        let mut module = MAGIC.to_vec();
        module.extend([0, 3, 1, b'n', 7]);
        module.extend([2, section.len() as u8]);
        module.extend(section);
        module.extend([10, 2, 8, 9]);
        module
    }

    #[test]
    fn names_of_source_files_go_and_nothing_else_moves() {
        let data =
            b"\x01src/view/html.rssrc/app.rs no src/ here, nor a.rs; /rustc/0a/library/core/src/x.rscalled";
        let left = without_source_names(data);
        assert_eq!(left.len(), data.len());
        let left: String = left.iter().map(|byte| if *byte == 0 { '_' } else { char::from(*byte) }).collect();
        assert_eq!(left.replace('_', ""), "\u{1} no src/ here, nor a.rs; called");
        assert_eq!(source_name(b"src/x.css"), None);
    }

    #[test]
    fn a_module_has_short_names_and_no_custom_sections() {
        let (short, names) = module_with_short_names(&module()).unwrap();
        assert_eq!(names, ["__wbg_now_0123456789abcdef", "__wbg_now_0123456789abcdef0"]);
        let mut expected = MAGIC.to_vec();
        expected.extend(b"\x02\x0f\x02\x01m\x02i0\x00\x03\x01m\x02i1\x00\x03\x0a\x02\x08\x09");
        assert_eq!(short, expected);
        assert!(module_with_short_names(b"<!doctype html>").is_err());
        assert!(without_custom_sections(&module()).unwrap().starts_with(b"\0asm\x01\0\0\0\x02"));
        assert!(module_with_short_names(&module()[..20]).is_err());
    }

    #[test]
    fn the_glue_starts_the_module_in_one_way() {
        let glue = "let wasm;\nfunction initSync(module) {\n    return 1;\n}\n\nlet __wbg_init_promise;\nasync function __wbg_init() {}\n\nexport { initSync, __wbg_init as default };\n";
        let cut = "let wasm;\nlet __wbg_init_promise;\nasync function __wbg_init() {}\n\nexport { __wbg_init as default };\n";
        assert_eq!(without_second_start(glue).unwrap(), cut);
        assert!(without_second_start(cut).is_err());
        let other = glue.replace("\n\nlet", "\nfunction needed() {}\n\nlet");
        assert!(without_second_start(&other).is_err());
    }

    #[test]
    fn the_glue_follows() {
        let glue = "const a = {\n    // now\n    __wbg_now_0123456789abcdef: function() {\n        return `a`;\n    },\n    __wbg_now_0123456789abcdef0: function() {},\n};\n";
        let (_, names) = module_with_short_names(&module()).unwrap();
        let short = glue_with_short_names(glue, &names).unwrap();
        assert_eq!(short, "const a = {\ni0: function() {\nreturn `a`;\n},\ni1: function() {},\n};\n");
        for broken in [
            glue.replace("def:", "de:"),
            format!("{glue}__wbg_now_0123456789abcdef"),
            format!("{glue}x = `\n`;\n"),
            format!("{glue}/* x */"),
        ] {
            assert!(glue_with_short_names(&broken, &names).is_err(), "{broken}");
        }
    }

    #[test]
    fn the_page_names_the_parts() {
        let page = "<link rel=\"preload\" href=\"./dateline-0_bg.wasm\" as=\"fetch\">";
        let named = with_parts(page, &["live", "own"]).unwrap();
        assert_eq!(
            named,
            "<link rel=\"preload\" href=\"./dateline-0_bg.wasm\" data-parts=\"live own\" as=\"fetch\">"
        );
        assert!(with_parts("<link>", &[]).is_err());
    }

    #[test]
    fn a_module_carries_others() {
        let twice = carrying(&[7; 300], &carrying(&module(), &module()).unwrap()).unwrap();
        let sections = sections(&twice).unwrap();
        assert_eq!(sections[0], (CUSTOM, [&[0], [7; 300].as_slice()].concat().as_slice()));
        assert_eq!(sections[1], (CUSTOM, [&[0], module().as_slice()].concat().as_slice()));
        assert_eq!(without_custom_sections(&twice).unwrap(), without_custom_sections(&module()).unwrap());
        assert!(carrying(&module(), b"<!doctype html>").is_err());
    }

    #[test]
    fn numbers_are_written_as_they_are_read() {
        for number in [0, 1, 127, 128, 300, 1_000_000, u32::MAX as usize] {
            let mut bytes = Vec::new();
            put_number(number, &mut bytes);
            assert_eq!(Reader(&bytes).number().unwrap(), number);
        }
    }
}
