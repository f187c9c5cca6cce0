//! Plain text: cleaning, comparing, cutting, and reading time.

/// Cleans text for one line (a headline, a name). White space becomes single spaces. Control characters are
/// dropped, and so are the characters that change the direction of everything after them (Unicode Standard
/// Annex 9: embeddings, overrides and isolates), with which a headline could make its neighbours read
/// backwards. Direction marks stay, because right-to-left scripts need them.
#[must_use]
pub fn line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_whitespace() {
            if !line.is_empty() && !line.ends_with(' ') {
                line.push(' ');
            }
        } else if !c.is_control() && !turns_direction(c) {
            line.push(c);
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// Cleans text within a block: control characters are dropped, except line breaks and tabs. Each block is a
/// paragraph of its own to the bidirectional algorithm, so its direction can't leak.
#[must_use]
pub fn running(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Normalises a headline for comparison: case, typographic quotes, dashes and punctuation at the ends do not
/// matter.
#[must_use]
pub fn folded(headline: &str) -> String {
    let folded: String = line(headline)
        .chars()
        .map(lower)
        .map(|c| match c {
            '‘' | '’' | '‛' | 'ʼ' | '`' => '\'',
            '“' | '”' | '„' | '«' | '»' => '"',
            '‐' | '‑' | '‒' | '–' | '—' => '-',
            c => c,
        })
        .collect();
    folded.trim_matches(|c: char| c.is_ascii_punctuation() || c.is_whitespace()).to_owned()
}

/// The lower case of a letter, in the scripts that newspapers use. The standard library knows all scripts, from
/// a table that adds 3 KB to the app.
#[must_use]
pub fn lower(c: char) -> char {
    let shift = match c {
        'A'..='Z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{de}' | 'Α'..='Ρ' | 'Σ'..='Ϋ' | 'А'..='Я' => 32,
        'Ѐ'..='Џ' => 80,
        'Ա'..='Ֆ' => 48,
        // Upper and lower case alternate here.
        '\u{100}'..='\u{137}'
        | '\u{14a}'..='\u{177}'
        | '\u{460}'..='\u{481}'
        | '\u{48a}'..='\u{4bf}'
        | '\u{1e00}'..='\u{1eff}' => 1 - u32::from(c) % 2,
        '\u{139}'..='\u{148}' | '\u{179}'..='\u{17e}' => u32::from(c) % 2,
        _ => 0,
    };
    char::from_u32(u32::from(c) + shift).unwrap_or(c)
}

/// At most `most` characters of `text`: cut at the end of a sentence if there is one in the second half, else
/// after a word, with an ellipsis.
#[must_use]
pub fn excerpt(text: &str, most: usize) -> String {
    let text = line(text);
    let Some((cut, _)) = text.char_indices().nth(most) else { return text };
    let head = text.get(..cut).unwrap_or_default();
    let sentence = head.char_indices().rfind(|(at, c)| {
        let after = head.get(at + c.len_utf8()..).unwrap_or_default();
        matches!(c, '。' | '！' | '？') || (matches!(c, '.' | '!' | '?' | '؟') && after.starts_with(' '))
    });
    match sentence {
        Some((at, c)) if at > head.len() / 2 => head.get(..at + c.len_utf8()).unwrap_or(head).to_owned(),
        _ => {
            let word = head.rfind(' ').filter(|space| *space > head.len() / 2).unwrap_or(head.len());
            format!("{}…", head.get(..word).unwrap_or(head).trim_end())
        }
    }
}

/// The amount of text, counted so that scripts without spaces count too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadingTime {
    /// Words between spaces.
    pub words: usize,
    /// Chinese and Japanese characters, which are read one by one.
    pub ideographs: usize,
    /// Letters of scripts without spaces between words (Thai, Lao, Khmer, Burmese).
    pub unspaced: usize,
}

impl ReadingTime {
    /// Adds a text.
    pub fn add(&mut self, text: &str) {
        let mut in_word = false;
        for c in text.chars() {
            if is_ideographic(c) {
                self.ideographs += 1;
                in_word = false;
            } else if is_unspaced(c) {
                self.unspaced += 1;
                in_word = false;
            } else if is_of_a_word(c) {
                self.words += usize::from(!in_word);
                in_word = true;
            } else if !matches!(c, '\'' | '’' | '-' | '.' | ',') {
                in_word = false;
            }
        }
    }

    /// The reading time in whole minutes, at least one: 240 words or 500 ideographs a minute, and five letters
    /// to a word in scripts without spaces.
    #[must_use]
    pub fn minutes(self) -> usize {
        let seconds = self.words * 60 / 240 + self.ideographs * 60 / 500 + self.unspaced / 5 * 60 / 240;
        ((seconds + 30) / 60).max(1)
    }
}

/// Letters and digits. Beyond ASCII this is everything but punctuation and spaces, which needs no table.
fn is_of_a_word(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || (c >= '\u{c0}'
            && !c.is_whitespace()
            && !matches!(c, '\u{2000}'..='\u{206f}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff0f}'))
}

fn is_ideographic(c: char) -> bool {
    matches!(c,
        '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3134f}')
}

fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_is_one_line_and_turns_nothing() {
        assert_eq!(line("  A\u{a0}\n\tb \u{0}c "), "A b c");
        assert_eq!(line("safe\u{202e}gpj.exe\u{202c}"), "safegpj.exe");
        assert_eq!(line("\u{2067}עברית\u{2069}"), "עברית");
        assert_eq!(line("عربي\u{200f}!"), "عربي\u{200f}!");
    }

    #[test]
    fn headlines_meet_across_typography() {
        assert_eq!(
            folded("Transdniestria, Moscow’s next target?"),
            folded("Transdniestria,  Moscow's next target")
        );
        assert_eq!(folded("62ND DAY — of “war”"), folded("62nd day - of \"war\""));
        assert_eq!(folded("ÉCLAT ŽIVOT ŁÓDŹ"), folded("éclat život łódź"));
        assert_eq!(folded("ΑΘΗΝΑ ЁЖИК МОСКВА"), folded("αθηνα ёжик москва"));
        assert_ne!(folded("A b"), folded("A c"));
        assert_eq!(folded("?!"), "");
    }

    #[test]
    fn an_excerpt_ends_well() {
        assert_eq!(excerpt("Short.", 20), "Short.");
        assert_eq!(
            excerpt("The first sentence is here. The second goes on and on.", 40),
            "The first sentence is here."
        );
        assert_eq!(excerpt("One long sentence that never ends before the cut", 20), "One long sentence…");
        assert_eq!(
            excerpt("漢字の文章はここで終わります。次の文章が続きます。", 18),
            "漢字の文章はここで終わります。"
        );
    }

    #[test]
    fn reading_time_counts_every_script() {
        let minutes = |text: &str| {
            let mut time = ReadingTime::default();
            time.add(text);
            time.minutes()
        };
        assert_eq!(minutes(""), 1);
        assert_eq!(minutes(&"word ".repeat(240 * 3)), 3);
        assert_eq!(minutes(&"don't half-hearted ".repeat(240)), 2);
        assert_eq!(minutes(&"語".repeat(1500)), 3);
        assert_eq!(minutes(&"ひらがなカタカナ".repeat(125)), 2);
        assert_eq!(minutes(&"한국어 ".repeat(480)), 2);
        assert_eq!(minutes(&"ภาษาไทย".repeat(343)), 2);
    }

    proptest! {
        #[test]
        fn a_small_letter_stays_as_it_is(c in any::<char>()) {
            if c.is_lowercase() {
                prop_assert_eq!(lower(c), c);
            }
            let small = lower(c);
            prop_assert!(small == c || c.to_lowercase().eq([small]), "{c:?} {small:?}");
        }

        #[test]
        fn an_excerpt_is_never_longer(text in "\\PC{0,200}", most in 1_usize..80) {
            prop_assert!(excerpt(&text, most).chars().count() <= most + 1);
        }

        #[test]
        fn a_line_is_settled(text in "\\PC{0,80}") {
            let once = line(&text);
            prop_assert_eq!(line(&once), once);
        }
    }
}
