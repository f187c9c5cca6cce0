//! A number with its noun.

/// `1 story`, `3 stories`: the number with the form of the noun that goes with it in English.
#[must_use]
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_alone_is_singular() {
        let words = [0, 1, 2, 11, 21].map(|count| counted(count, "story", "stories"));
        assert_eq!(words, ["0 stories", "1 story", "2 stories", "11 stories", "21 stories"]);
    }
}
