//! How much memory there is.
//!
//! In: what the system says. Out: bytes, by which rows and networks that do not fit are refused before the machine swaps. No
//! result depends on it.

/// Bytes that programs can still take, as the system says; where it says nothing, what a large machine has.
pub fn available() -> usize {
    /// 64 GiB.
    const ASSUMED: usize = 1 << 36;
    std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| said(&text)).unwrap_or(ASSUMED)
}

/// The line `MemAvailable:   23456 kB` of Linux's `/proc/meminfo`, in bytes.
fn said(text: &str) -> Option<usize> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<usize>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_linux_says() {
        assert_eq!(said("MemTotal:  100 kB\nMemAvailable:   23 kB\n"), Some(23 * 1024));
        assert_eq!(said("MemTotal:  100 kB\n"), None);
    }
}
