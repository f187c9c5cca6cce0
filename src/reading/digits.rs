//! Numbers as short text: six bits a character, with characters that sort like the numbers.

/// Writes the lowest `6 * digits` bits of a number.
pub(super) fn write(out: &mut String, number: u64, digits: u32) {
    for place in (0..digits).rev() {
        out.push(char::from(digit((number >> (6 * place) & 63) as u8)));
    }
}

/// Reads such a number. `None` if a character is not one of the sixty-four, or if the text is empty.
pub(super) fn read(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 10 {
        return None;
    }
    let (mut number, mut bad) = (0, 0);
    for digit in digits {
        let value = VALUES.get(usize::from(*digit)).copied().unwrap_or(NO_DIGIT);
        number = number << 6 | u64::from(value & 63);
        bad |= value;
    }
    (bad <= 63).then_some(number)
}

/// The value of each byte; [`NO_DIGIT`] if it is not a digit. A table, because 100,000 marks have fifteen
/// digits each.
#[allow(clippy::indexing_slicing, reason = "the compiler does it, and would say so")]
const VALUES: [u8; 256] = {
    let mut values = [NO_DIGIT; 256];
    let mut at = 0;
    while at < 64 {
        values[digit(at) as usize] = at;
        at += 1;
    }
    values
};
const NO_DIGIT: u8 = 64;

const fn digit(value: u8) -> u8 {
    match value {
        0 => b'-',
        1..=10 => b'0' + value - 1,
        11..=36 => b'A' + value - 11,
        37 => b'_',
        _ => b'a' + value - 38,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn digits_sort_as_their_values() {
        let digits: Vec<u8> = (0..64).map(digit).collect();
        assert!(
            digits.is_sorted()
                && digits.iter().enumerate().all(|(at, d)| usize::from(VALUES[usize::from(*d)]) == at)
        );
        assert_eq!(
            (read(b""), read(b"a b"), read("é".as_bytes()), read(&[b'z'; 11])),
            (None, None, None, None)
        );
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(number in 0_u64..1 << 48) {
            let mut text = String::new();
            write(&mut text, number, 8);
            prop_assert_eq!((text.len(), read(text.as_bytes())), (8, Some(number)));
        }
    }
}
