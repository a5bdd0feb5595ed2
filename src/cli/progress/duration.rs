//! Durations as a person says them.

use std::time::Duration;

/// `3.4 s`, `15 s`, `3 min 20 s`, `2 h 5 min`.
pub fn spoken(duration: Duration) -> String {
    let seconds = duration.as_secs_f64().round() as u64;
    match seconds {
        0..=9 => format!("{:.1} s", duration.as_secs_f64()),
        10..=59 => format!("{seconds} s"),
        60..=3599 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// `about 15 s left`; before anything is known, nothing.
pub(super) fn left(duration: Option<Duration>) -> Option<String> {
    duration.map(|duration| {
        let whole = Duration::from_secs(duration.as_secs_f64().ceil() as u64);
        let words = if whole.as_secs() < 10 { format!("{} s", whole.as_secs()) } else { spoken(whole) };
        format!("about {words} left")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_two_units_at_most() {
        let texts = [0.04, 3.44, 9.6, 59.7, 200.0, 7500.0].map(|seconds| spoken(Duration::from_secs_f64(seconds)));
        assert_eq!(texts, ["0.0 s", "3.4 s", "10 s", "1 min 0 s", "3 min 20 s", "2 h 5 min"]);
    }

    #[test]
    fn time_left_is_in_whole_seconds() {
        assert_eq!(left(Some(Duration::from_millis(2100))).unwrap(), "about 3 s left");
        assert_eq!(left(None), None);
    }
}
