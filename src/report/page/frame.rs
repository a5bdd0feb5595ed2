//! The page around what is told: style, script, the numbers of the charts, and the policy that lets nothing else in.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::data;
use crate::report::charts::Chart;

const STYLE: &str = include_str!("assets/page.css");

/// Nothing is fetched, and of scripts only that of this page runs, which its hash names.
const POLICY: &str = include_str!("assets/policy.txt");

const SCRIPT: &str = concat!(
    "(() => {\n\"use strict\";\n",
    include_str!("assets/drawing.js"),
    include_str!("assets/curves.js"),
    include_str!("assets/bars.js"),
    include_str!("assets/maps.js"),
    include_str!("assets/figures.js"),
    "})();\n"
);

/// A whole page.
pub(super) fn page(title: &str, body: &Markup, charts: &[Chart]) -> String {
    let policy = POLICY.trim_end().replace("SCRIPT", &base64(&Sha256::digest(SCRIPT)));
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="generator" content=(concat!("overfit ", env!("CARGO_PKG_VERSION")));
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (body)
                // Not run: data, of which nothing can end the element.
                script type="application/json" id="chart-data" { (PreEscaped(data::json(charts))) }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string()
}

/// Base64 of RFC 4648.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits =
            chunk.iter().enumerate().fold(0_u32, |bits, (place, &byte)| bits | u32::from(byte) << (16 - 8 * place));
        for place in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_agrees_with_the_examples_of_the_rfc() {
        let texts = ["", "f", "fo", "foo", "foob", "fooba", "foobar"].map(|text| base64(text.as_bytes()));
        assert_eq!(texts, ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]);
    }

    #[test]
    fn the_page_names_no_address_and_nothing_ends_its_script() {
        let page = page("a", &html! {}, &[]);
        assert_eq!(page.matches("http").count(), page.matches("http-equiv").count() + 1, "only the namespace of SVG");
        assert_eq!(page.matches("</script>").count(), 2);
        assert_eq!(page.matches("</style>").count(), 1);
    }
}
