//! Whether a cell is a date or a time of day, in the usual notations: 2024-01-31, 2024/1/31, 31.1.2024, 1/31/2024, 31 Jan 2024,
//! with a time behind it or not; 12:30, 5:30 pm.
//!
//! As categories, dates are of no use to a network, and as numbers only one of many ways is right: who knows the data decides.

/// Months by the letters that English, German, French and Spanish names begin with.
const MONTHS: [&str; 24] = [
    "jan", "ene", "feb", "fév", "mar", "mär", "apr", "abr", "avr", "may", "mai", "jun", "juin", "jul", "aug", "ago",
    "sep", "oct", "okt", "nov", "dec", "dez", "déc", "dic",
];

/// Whether a cell, without surrounding blanks, is a date or a time of day.
pub(super) fn is_date(cell: &str) -> bool {
    /// Bytes of the longest: a weekday, a month, a time and its zone.
    const LONGEST: usize = 64;
    if cell.len() > LONGEST || !cell.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let end = cell.find(['T', ' ']).unwrap_or(cell.len());
    let (date, time) = cell.split_at(end);
    (is_day(date) && (time.is_empty() || is_time(&time[1..]))) || has_named_month(cell) || is_time_of_day(cell)
}

/// 31 Jan 2024, 31-Jan-24, Mon, January 31st, 2024 12:30: one month by name, a day and a year, and nothing else but a time.
fn has_named_month(cell: &str) -> bool {
    let lower = cell.to_lowercase();
    let words = lower.split([' ', '-', '/', ',', '.']).filter(|word| !word.is_empty() && !is_time_of_day(word));
    let (mut months, mut numbers) = (0, Vec::new());
    for word in words {
        let digits = word.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
        if is_number(digits) && ["", "st", "nd", "rd", "th"].contains(&&word[digits.len()..]) {
            numbers.push(digits.to_owned());
        } else if MONTHS.iter().any(|month| word.starts_with(month)) {
            months += 1;
        } else if !is_weekday(word) && !["am", "pm", "utc", "gmt"].contains(&word) {
            return false;
        }
    }
    let is_day = |text: &str| text.len() <= 2 && text.parse::<u32>().is_ok_and(|day| (1..=31).contains(&day));
    let is_year = |text: &str| text.len() == 4 || text.len() == 2;
    match numbers.as_slice() {
        [one, other] if months == 1 => (is_day(one) && is_year(other)) || (is_year(one) && is_day(other)),
        _ => false,
    }
}

fn is_weekday(word: &str) -> bool {
    ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].iter().any(|day| word.starts_with(day))
}

/// 9:05, 12:30:05, 5:30 pm, 12:30Z
fn is_time_of_day(cell: &str) -> bool {
    let parts: Vec<&str> = cell.split(':').collect();
    let within = |text: &str, most: u32| text.len() <= 2 && text.parse::<u32>().is_ok_and(|number| number <= most);
    let minutes = parts.get(1).and_then(|minutes| minutes.get(..2)).unwrap_or("");
    is_time(cell) && within(parts[0], 24) && is_number(parts[0]) && minutes.len() == 2 && within(minutes, 59)
}

/// Three numbers between two separators of one kind: the year first or last, with day and month in either order.
fn is_day(date: &str) -> bool {
    ['-', '/', '.'].iter().any(|&separator| {
        let parts: Vec<&str> = date.split(separator).collect();
        match parts.as_slice() {
            [year, month, day] if year.len() == 4 => is_number(year) && are_month_and_day(month, day),
            [one, other, year] if year.len() == 4 || (year.len() == 2 && separator != '-') => {
                is_number(year) && (are_month_and_day(one, other) || are_month_and_day(other, one))
            }
            _ => false,
        }
    })
}

fn are_month_and_day(month: &str, day: &str) -> bool {
    let within = |text: &str, most: u32| {
        text.len() <= 2 && is_number(text) && text.parse::<u32>().is_ok_and(|number| (1..=most).contains(&number))
    };
    within(month, 12) && within(day, 31)
}

/// 12:30, 12:30:05.25, with am, pm, Z or an offset behind it.
fn is_time(time: &str) -> bool {
    let clock = time.trim_end_matches(|letter: char| letter.is_ascii_alphabetic() || letter == ' ');
    let clock = clock.split(['+', '-']).next().unwrap_or(clock);
    let parts: Vec<&str> = clock.split(':').collect();
    (2..=3).contains(&parts.len())
        && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_notations_of_dates_are_known() {
        for date in [
            "2024-01-31",
            "2024/1/31",
            "31.1.2024",
            "31/01/2024",
            "1/31/2024",
            "31.01.24",
            "31-01-2024",
            "2024-01-31 12:30",
            "2024-01-31T12:30:05.25Z",
            "2024-01-31T12:30:05+01:00",
            "1/31/2024 5:30:00 PM",
            "31 Jan 2024",
            "31-Jan-24",
            "Mon, January 31st, 2024 12:30",
            "12 Dezember 2023",
            "12:30",
            "9:05:59",
            "5:30 pm",
        ] {
            assert!(is_date(date), "{date}");
        }
    }

    #[test]
    fn ranges_versions_and_numbers_are_no_dates() {
        for text in [
            "",
            "20-29",
            "1-2-03",
            "1.2",
            "1.2.3",
            "2024",
            "2024-13-01",
            "2024-01",
            "40/50/60",
            "1/2",
            "a/b/c",
            "16:9",
            "12:75",
            "30:00",
            "May",
            "May 5",
            "Jan 2024",
            "3 March hares",
            "1 of 12",
        ] {
            assert!(!is_date(text), "{text}");
        }
    }
}
