//! Whether a cell is a date, in the usual notations: 2024-01-31, 2024/1/31, 31.1.2024, 1/31/2024, with a time behind it or not.
//!
//! As categories, dates are of no use to a network, and as numbers only one of many ways is right: who knows the data decides.

/// Whether a cell, without surrounding blanks, is a date.
pub(super) fn is_date(cell: &str) -> bool {
    let end = cell.find(['T', ' ']).unwrap_or(cell.len());
    let (date, time) = cell.split_at(end);
    is_day(date) && (time.is_empty() || is_time(&time[1..]))
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
            "12:30",
        ] {
            assert!(!is_date(text), "{text}");
        }
    }
}
