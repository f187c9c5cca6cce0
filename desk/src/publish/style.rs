//! Makes inline styles small by leaving out what does not matter to a browser.

/// A style without comments, indentation and line ends. Each declaration must begin a line, as in `style/`.
#[must_use]
pub fn squeezed(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    for line in without_comments(css).lines().map(str::trim).filter(|line| !line.is_empty()) {
        // A value that goes on in the next line is separated from it.
        if !out.is_empty() && !out.ends_with(['{', '}', ';', ',']) {
            out.push('\n');
        }
        if line.starts_with('}') && out.ends_with(';') {
            out.pop();
        }
        match (line.strip_suffix(" {"), line.split_once(": ")) {
            (Some(rule), _) => out.extend([rule, "{"]),
            (None, Some((name, value))) if is_name(name) => out.extend([name, ":", value]),
            _ => out.push_str(line),
        }
    }
    // Strings are left as they are.
    let pieces = out.split('"').enumerate();
    let pieces: Vec<String> =
        pieces.map(|(at, piece)| if at % 2 == 0 { tightened(piece) } else { piece.to_owned() }).collect();
    pieces.join("\"")
}

/// A style without spaces after commas and zeros before decimal points.
fn tightened(css: &str) -> String {
    ["(", ",", ":", " "].iter().fold(css.replace(", ", ","), |css, before| {
        css.replace(&format!("{before}0."), &format!("{before}."))
    })
}

/// Whether this can be the name of a property.
fn is_name(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// A style without comments.
#[must_use]
pub fn without_comments(css: &str) -> String {
    let mut kept = String::new();
    let mut rest = css;
    while let Some((before, comment)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_matters_of_a_style_is_left() {
        let css = "/* A {\n story; */\n.a,\n.b:not(.c) > p {\n  color: red; /* or so */\n\n  grid-template:\n    \"a b\"\n    \"c: d\" / 1fr;\n}\n\n@media (width < 4rem) {\n  a::before {\n    content: \"· 0.5, : \";\n    --x: clamp(0.5rem, 10.5%, -0.1rem);\n  }\n}\n";
        let small = ".a,.b:not(.c) > p{color:red;grid-template:\n\"a b\"\n\"c: d\" / 1fr}@media (width < 4rem){a::before{content:\"· 0.5, : \";--x:clamp(.5rem,10.5%,-0.1rem)}}";
        assert_eq!(squeezed(css), small);
        assert_eq!(squeezed(small), small);
        assert_eq!((squeezed(""), squeezed("a {} /* b")), (String::new(), "a {}".to_owned()));
    }
}
