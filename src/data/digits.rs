//! Numbers of plain digits, which most are, read without a branch for each digit.
//!
//! In: a cell as text, or as one word with a byte for each letter. Out: its value. Eight digits at a time are added up side by
//! side within a word, and what is behind the decimal sign is a quotient that is rounded once: it is the number that the standard
//! library reads.

/// Digits whose number fits into 64 bits.
const MOST_DIGITS: usize = 19;

/// Powers of ten, all exact in f64.
const TENS: [f64; MOST_DIGITS + 1] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19];

/// The same as integers.
const WHOLE_TENS: [u64; MOST_DIGITS + 1] = {
    let mut tens = [1; MOST_DIGITS + 1];
    let mut at = 0;
    while at < MOST_DIGITS {
        tens[at + 1] = tens[at] * 10;
        at += 1;
    }
    tens
};

/// A byte in every place of a word.
const fn everywhere(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The number that a cell is, where it is a hyphen or none, and up to eight digits with a decimal sign among them or not. Not
/// where a zero stands before other digits alone: that may be a name.
///
/// `text` has the `len` letters of the cell in its highest bytes, the last one the highest, and zeros below.
#[inline(always)]
pub(super) fn few_digits(text: u64, len: usize, decimal: u8) -> Option<f64> {
    if len == 0 {
        return None;
    }
    let free = 64 - 8 * len as u32;
    let first = (text >> free) as u8;
    let is_negative = first == b'-';
    // A hyphen becomes a zero, as all is below it.
    let hyphen = u64::from(is_negative) * u64::from(b'-' ^ b'0');
    let mut digits = text ^ (everywhere(b'0') ^ hyphen) << free;
    let sign = digits ^ everywhere(decimal ^ b'0');
    let signs = sign.wrapping_sub(everywhere(1)) & !sign & everywhere(0x80); // the lowest is right, others do not count
    let (mut places, mut is_whole) = (0, true);
    if signs != 0 {
        let at = signs.trailing_zeros() & !7;
        let before = (1 << at) - 1;
        digits = (digits & before) << 8 | (digits & !before & !(0xff << at));
        (places, is_whole) = (7 - at / 8, false);
    }
    let others = usize::from(is_negative) + usize::from(!is_whole);
    let may_be_a_name = first == b'0' && len > 1 && is_whole;
    if len == others || may_be_a_name {
        return None;
    }
    let mut number = f64::from(sum_of_eight(digits)?);
    if places > 0 {
        number /= TENS[places as usize];
    }
    Some(if is_negative { -number } else { number })
}

/// As [`few_digits`], of a text with up to [`MOST_DIGITS`] digits.
#[inline(never)]
pub(super) fn many_digits(text: &[u8], decimal: u8) -> Option<f64> {
    if let [b'-', unsigned @ ..] = text {
        return self::unsigned(unsigned, decimal).map(|x| -x);
    }
    let may_be_a_name = text.starts_with(b"0") && text.len() > 1 && !text.contains(&decimal);
    if may_be_a_name { None } else { unsigned(text, decimal) }
}

/// The number that up to [`MOST_DIGITS`] digits are, with a decimal sign among them or not.
pub(super) fn unsigned(text: &[u8], decimal: u8) -> Option<f64> {
    let (whole, fraction) = match text.iter().position(|&byte| byte == decimal) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, &[][..]),
    };
    if !(1..=MOST_DIGITS).contains(&(whole.len() + fraction.len())) {
        return None;
    }
    let sum = sum(whole)? * WHOLE_TENS[fraction.len()] + sum(fraction)?;
    Some(quotient(sum, fraction.len()))
}

/// `number` divided by a power of ten, rounded once.
fn quotient(number: u64, places: usize) -> f64 {
    /// All whole numbers up to it are exact in f64.
    const MOST: u64 = 1 << f64::MANTISSA_DIGITS;
    if number <= MOST {
        return number as f64 / TENS[places]; // of two that are exact (Clinger's fast path)
    }
    // Both with their highest bit set: the quotient has 63 bits or 64, and the lowest stands for all that are behind it.
    let (shift, ten) = (number.leading_zeros(), WHOLE_TENS[places]);
    let ten_shift = ten.leading_zeros();
    let (number, ten) = (u128::from(number << shift) << 63, u128::from(ten << ten_shift));
    let bits = (number / ten) as u64 | u64::from(number % ten != 0);
    bits as f64 * power_of_two(ten_shift as i32 - shift as i32 - 63)
}

/// 2 to a power from -1022 to 1023.
fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((1023 + exponent) as u64) << (f64::MANTISSA_DIGITS - 1))
}

/// The number of up to [`MOST_DIGITS`] digits.
#[inline(always)]
fn sum(digits: &[u8]) -> Option<u64> {
    const EACH: usize = size_of::<u64>();
    let Some(&last) = digits.last_chunk::<EACH>() else {
        return digits.iter().try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| 10 * sum + u64::from(byte - b'0')));
    };
    let word = |letters| u64::from_le_bytes(letters) ^ everywhere(b'0');
    let (eights, rest) = digits.as_chunks::<EACH>();
    let mut sum = 0;
    for &eight in eights {
        sum = sum * 100_000_000 + u64::from(sum_of_eight(word(eight))?);
    }
    // The last eight, of which some were counted already: these become zeros.
    let counted = 8 * (EACH - rest.len()) as u32;
    let last = word(last).checked_shr(counted).unwrap_or(0).checked_shl(counted).unwrap_or(0);
    Some(sum * WHOLE_TENS[rest.len()] + u64::from(sum_of_eight(last)?))
}

/// The number of eight digits, each of them the value of a byte, the lowest the first; nothing where one is no digit.
#[inline(always)]
fn sum_of_eight(digits: u64) -> Option<u32> {
    // A byte above 9 sets its highest bit here, or has it.
    if (digits.wrapping_add(everywhere(0x7f - 9)) | digits) & everywhere(0x80) != 0 {
        return None;
    }
    // Pairs, then pairs of pairs and their pair: each weighs its own power of ten.
    const EVEN: u64 = 0x0000_00ff_0000_00ff;
    let pairs = digits.wrapping_mul(10) + (digits >> 8);
    let upper = (pairs & EVEN).wrapping_mul(100 + (1_000_000 << 32));
    let lower = (pairs >> 16 & EVEN).wrapping_mul(1 + (10_000 << 32));
    Some((upper.wrapping_add(lower) >> 32) as u32)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::field::Field;
    use super::*;

    fn read(text: &str, decimal: u8) -> Option<f64> {
        let many = many_digits(text.as_bytes(), decimal);
        let Some(word) = Field::from(text.as_bytes()).in_highest_bytes() else { return many };
        let few = few_digits(word, text.len(), decimal);
        assert_eq!(few.map(f64::to_bits), many.map(f64::to_bits), "{text}");
        few
    }

    #[test]
    fn few_digits_with_a_sign_and_a_fraction_are_numbers() {
        for (text, value) in [
            ("0", 0.0),
            ("7", 7.0),
            ("255", 255.0),
            ("12345678", 12_345_678.0),
            ("-9999999", -9_999_999.0),
            ("0.25", 0.25),
            (".5", 0.5),
            ("5.", 5.0),
            ("-10.0001", -10.0001),
            ("1234567.", 1_234_567.0),
            ("-05", -5.0),
            ("00.5", 0.5),
            ("123456789", 123_456_789.0),
            ("-0.000000001", -1e-9),
            ("0.5488135039273248", 0.548_813_503_927_324_8),
            ("9007199254740992", 9_007_199_254_740_992.0),
            ("-9.007199254740992", -9.007_199_254_740_992),
            ("000000000000.000001", 1e-6),
            ("9007199254740993", 9_007_199_254_740_992.0),
            ("900719925474099.3", 900_719_925_474_099.3),
            ("4503599627370496.5", 4_503_599_627_370_496.0),
            ("4503599627370497.5", 4_503_599_627_370_498.0),
            ("9999999999999999999", 1e19),
            (".9999999999999999999", 1.0),
            ("0.999999999999999999", 1.0),
        ] {
            assert_eq!(read(text, b'.'), Some(value), "{text}");
        }
        assert_eq!((read("-1,5", b','), read("1.5", b',')), (Some(-1.5), None));
    }

    #[test]
    fn all_else_is_left_to_others() {
        for text in [
            "",
            "-",
            ".",
            "-.",
            "+1",
            "007",
            "00",
            "1.2.3",
            "1e3",
            "5%",
            " 5",
            "5 ",
            "x",
            "1/2",
            "1:2",
            "0123456789",
            "99999999999999999999",
            "0.00000000000000000001",
            "123456789:",
            "12345678/0",
            "0.12345678x",
            "1-",
            "--1",
            "\u{b5}1",
            "1\u{fffd}",
        ] {
            assert_eq!(read(text, b'.'), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn they_have_the_bits_that_the_standard_library_gives(text in r"-?(0|[1-9][0-9]{0,6})?(\.[0-9]{0,4})?") {
            let known = text.parse::<f64>().ok().map(f64::to_bits);
            prop_assert_eq!(read(&text, b'.').map(f64::to_bits), known, "{}", text);
        }

        #[test]
        fn so_have_numbers_as_exact_as_they_can_be(x in -2f64..2.0, power in 0i32..16, places in 0usize..20) {
            let x = x * 10f64.powi(power);
            for text in [x.to_string(), format!("{x:.places$}"), (x as f32).to_string()] {
                let digits = text.bytes().filter(u8::is_ascii_digit).count();
                if digits > MOST_DIGITS {
                    prop_assert_eq!(read(&text, b'.'), None);
                } else {
                    prop_assert_eq!(read(&text, b'.').map(f64::to_bits), text.parse::<f64>().ok().map(f64::to_bits), "{}", text);
                }
            }
        }

        #[test]
        fn so_have_numbers_next_to_half_way_between_two(number in 1u64 << 53..1 << 63, places in 0usize..19) {
            let spare = 64 - f64::MANTISSA_DIGITS - number.leading_zeros();
            let halfway = number >> spare << spare | 1 << (spare - 1);
            for number in [number, halfway - 1, halfway, halfway + 1] {
                let digits = format!("{number:0>19}");
                let (whole, fraction) = digits.split_at(19 - places);
                let text = format!("{whole}.{fraction}");
                prop_assert_eq!(read(&text, b'.').map(f64::to_bits), text.parse::<f64>().ok().map(f64::to_bits), "{}", text);
            }
        }

        #[test]
        fn bytes_of_any_kind_are_a_number_only_where_they_are_one(bytes in prop::collection::vec(any::<u8>(), 0..20)) {
            let text = String::from_utf8_lossy(&bytes);
            if let Some(x) = read(&text, b'.') {
                prop_assert_eq!(text.parse(), Ok(x));
            }
        }
    }
}
