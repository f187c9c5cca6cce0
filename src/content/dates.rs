//! Timestamps: parsing, formatting, comparing. The current time always comes from the caller.

/// A time, in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// A day and a time of day in UTC, in the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    /// The year, 0 to 9999.
    pub year: i64,
    /// The month, 1 to 12.
    pub month: u8,
    /// The day of the month, 1 to 31.
    pub day: u8,
    /// The hour, 0 to 23.
    pub hour: u8,
    /// The minute, 0 to 59.
    pub minute: u8,
    /// The second, 0 to 59.
    pub second: u8,
}

/// An age in the unit that a person would use. It stays true for weeks, so a published page with it needs no
/// daily update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// Whole months, 1 to 11.
    Months(u32),
    /// Whole years, from 1.
    Years(u32),
}

const DAY: i64 = 86_400_000;
/// The age from which a story says how old it is, in milliseconds.
const OLD_AFTER_DAYS: i64 = 30;

impl Timestamp {
    /// From milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn millis(self) -> i64 {
        self.0
    }

    /// Parses RFC 3339 (section 5.6), and two forms that publishers use: without a zone, taken as UTC, and a
    /// date alone, taken as its midnight in UTC. `None` for anything else, for dates that do not exist, and for
    /// years outside 0 to 9999.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = Reader(text.trim().as_bytes());
        let year = rest.number(4)?;
        rest.skip(b"-")?;
        let month = rest.number(2)?;
        rest.skip(b"-")?;
        let day = rest.number(2)?;
        if !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
            return None;
        }
        let mut millis = days_from_civil(year, month, day) * DAY;
        if !rest.0.is_empty() {
            rest.skip(b"Tt ")?;
            let hour = rest.number(2)?;
            rest.skip(b":")?;
            let minute = rest.number(2)?;
            let second = if rest.skip(b":").is_some() { rest.number(2)? } else { 0 };
            // A leap second is written 60. No clock that we show has one, so it becomes the last second of its
            // minute.
            if hour > 23 || minute > 59 || second > 60 {
                return None;
            }
            millis += ((hour * 60 + minute) * 60 + second.min(59)) * 1000;
            if rest.skip(b".,").is_some() {
                millis += rest.thousandths()?;
            }
            millis -= rest.offset_minutes()? * 60_000;
        }
        let inside = (days_from_civil(0, 1, 1) * DAY..days_from_civil(10_000, 1, 1) * DAY).contains(&millis);
        (rest.0.is_empty() && inside).then_some(Self(millis))
    }

    /// Formats as RFC 3339 in UTC, with milliseconds only if there are any.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        let Civil { year, month, day, hour, minute, second } = self.civil();
        let millis = self.0.rem_euclid(1000);
        let fraction = if millis == 0 { String::new() } else { format!(".{millis:03}") };
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
    }

    /// The day and time of day in UTC.
    #[must_use]
    pub fn civil(self) -> Civil {
        let (year, month, day) = civil_from_days(self.0.div_euclid(DAY));
        let seconds = self.0.rem_euclid(DAY) / 1000;
        // Each part is within the range of its unit, far below 256.
        let part = |value: i64| u8::try_from(value).unwrap_or(0);
        Civil {
            year,
            month: part(month),
            day: part(day),
            hour: part(seconds / 3600),
            minute: part(seconds / 60 % 60),
            second: part(seconds % 60),
        }
    }

    /// A text for when the reader's zone is not known: `26 April 2022, 14:02 UTC`.
    #[must_use]
    pub fn in_words(self) -> String {
        let Civil { hour, minute, .. } = self.civil();
        format!("{}, {hour:02}:{minute:02} UTC", self.day_in_words())
    }

    /// The date alone, in UTC: `26 April 2022`.
    #[must_use]
    pub fn day_in_words(self) -> String {
        const MONTHS: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let Civil { year, month, day, .. } = self.civil();
        let month = MONTHS.get(usize::from(month) - 1).copied().unwrap_or_default();
        format!("{day} {month} {year}")
    }

    /// The age at `now`, if that is over 30 days.
    #[must_use]
    pub fn age(self, now: Self) -> Option<Age> {
        let days = (now.0 - self.0).div_euclid(DAY);
        let whole = |value: i64| u32::try_from(value).unwrap_or(u32::MAX);
        if days <= OLD_AFTER_DAYS {
            return None;
        }
        // A month is 30.44 days on average, a year 365.2425.
        Some(match days {
            31..=59 => Age::Months(1),
            60..=365 => Age::Months(whole(days * 100 / 3044).clamp(2, 11)),
            _ => Age::Years(whole(days * 10_000 / 3_652_425).max(1)),
        })
    }
}

impl std::fmt::Display for Age {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Months(1) => f.write_str("1 month"),
            Self::Months(count) => write!(f, "{count} months"),
            Self::Years(1) => f.write_str("1 year"),
            Self::Years(count) => write!(f, "{count} years"),
        }
    }
}

/// The rest of a text that is being parsed.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn number(&mut self, digits: usize) -> Option<i64> {
        let (head, tail) = self.0.split_at_checked(digits)?;
        self.0 = tail;
        head.iter().try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
    }

    fn skip(&mut self, any_of: &[u8]) -> Option<u8> {
        let (first, tail) = self.0.split_first()?;
        any_of.contains(first).then(|| {
            self.0 = tail;
            *first
        })
    }

    /// The fraction of a second, cut after three digits.
    fn thousandths(&mut self) -> Option<i64> {
        let digits = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (fraction, tail) = self.0.split_at_checked(digits)?;
        self.0 = tail;
        let padded = fraction.iter().copied().chain([b'0'; 3]).take(3);
        (digits > 0).then(|| padded.fold(0, |sum, byte| sum * 10 + i64::from(byte - b'0')))
    }

    fn offset_minutes(&mut self) -> Option<i64> {
        let sign = match self.skip(b"Zz+-") {
            None | Some(b'Z' | b'z') => return Some(0),
            Some(b'-') => -1,
            Some(_) => 1,
        };
        let hours = self.number(2)?;
        self.skip(b":");
        let minutes = self.number(2)?;
        (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
    }
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a day in the proleptic Gregorian calendar. Years are counted from March, so
/// that the leap day is a year's last, in eras of 400 years, which all have 146,097 days.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The inverse of [`days_from_civil`]: year, month, day.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let month = (march_month + 2) % 12 + 1;
    let year = days.div_euclid(146_097) * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day_of_year - (153 * march_month + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn reads_rfc_3339() {
        assert_eq!(at("1970-01-01T00:00:00Z").millis(), 0);
        assert_eq!(at("1996-12-19T16:39:57-08:00").millis(), 851_042_397_000);
        assert_eq!(at("1985-04-12T23:20:50.52Z").millis(), 482_196_050_520);
        assert_eq!(at("1937-01-01T12:00:27.87+00:20").millis(), -1_041_337_172_130);
        assert_eq!(at("1990-12-31T23:59:60Z"), at("1990-12-31T23:59:59Z"));
        assert_eq!(at("2022-04-26 14:02:03+0200"), at("2022-04-26T12:02:03Z"));
        assert_eq!(at("2026-02-01T10:00Z"), at("2026-02-01T10:00:00Z"));
        assert_eq!(at("2026-02-01T10:00:00.123456789Z").millis() % 1000, 123);
    }

    #[test]
    fn takes_what_publishers_write_without_a_zone() {
        assert_eq!(at("2022-04-26T12:02:03"), at("2022-04-26T12:02:03Z"));
        assert_eq!(at("2022-04-26"), at("2022-04-26T00:00:00Z"));
        assert_eq!(at("9999-12-31T23:59:59Z").civil().year, 9999);
    }

    #[test]
    fn refuses_what_no_calendar_has() {
        for bad in [
            "",
            "yesterday",
            "2022",
            "2022-13-01",
            "2022-00-01",
            "2022-02-30",
            "2100-02-29",
            "2022-04-26T24:00:00Z",
            "2022-04-26T12:60:00Z",
            "2022-04-26T12:00:61Z",
            "2022-04-26T12:00:00Zed",
            "2022-04-26T12:00:00.Z",
            "2022-04-26T12:00:00+25:00",
            "10000-01-01",
            "9999-12-31T23:59:59-01:00",
            "0000-01-01T00:00:00+01:00",
            "２０２２-04-26",
            "2022-4-6",
            "1650981720",
        ] {
            assert_eq!(Timestamp::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_old_story_says_so_in_a_person_s_unit() {
        let published = at("2022-04-26T12:00:00Z");
        let age = |now: &str| published.age(at(now)).map(|age| age.to_string());
        assert_eq!(age("2022-04-25T12:00:00Z"), None);
        assert_eq!(age("2022-05-26T12:00:00Z"), None);
        assert_eq!(age("2022-05-27T12:00:00Z").as_deref(), Some("1 month"));
        assert_eq!(age("2022-06-25T12:00:00Z").as_deref(), Some("2 months"));
        assert_eq!(age("2023-04-20T12:00:00Z").as_deref(), Some("11 months"));
        assert_eq!(age("2023-04-27T12:00:00Z").as_deref(), Some("1 year"));
        assert_eq!(age("2026-11-23T12:00:00Z").as_deref(), Some("4 years"));
        assert_eq!(at("9999-01-01").age(at("2026-01-01")), None);
    }

    #[test]
    fn words_for_where_no_zone_is_known() {
        assert_eq!(at("2022-04-26T12:02:03Z").in_words(), "26 April 2022, 12:02 UTC");
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(millis in -62_167_219_200_000_i64..253_402_300_800_000) {
            let moment = Timestamp::from_millis(millis);
            prop_assert_eq!(Timestamp::parse(&moment.to_rfc3339()), Some(moment));
        }

        #[test]
        fn agrees_with_another_calendar(millis in -62_167_219_200_000_i64..253_402_300_800_000) {
            let moment = Timestamp::from_millis(millis);
            let other = jiff::Timestamp::from_millisecond(millis).unwrap();
            prop_assert_eq!(other, moment.to_rfc3339().parse().unwrap());
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}") {
            let _ = Timestamp::parse(&text);
        }
    }
}
