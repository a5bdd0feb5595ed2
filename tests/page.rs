//! `report.html` in a real browser: every chart is drawn, nothing is fetched, names are text, clicks and keys do what the page
//! says. Skipped, saying so, where there is no Chromium.
#![cfg(unix)]

mod support;

use std::path::PathBuf;

use serde_json::json;
use support::browser::Browser;
use support::{Workplace, blobs};

/// Names that would break out of HTML, JSON, a script or the layout.
const SCRIPT: &str = "</script><script>window.broken = true</script><img src=x onerror=\"window.broken = true\">";
const QUOTES: &str = "it's \\\"50%\\\" $a$ & <b>bold</b> \\\\";
const CHINESE: &str = "正则化与丢弃";
const HEBREW: &str = "שלום עולם";

/// An experiment that has every chart of a classification.
fn config() -> String {
    let long = "x".repeat(300);
    format!(
        "name = \"hostile 'title' & &lt;more\"\nseeds = 2\n[data]\npath = \"blobs.csv\"\n[model]\nhidden = [8]\n[train]\nepochs = 6\n\
         [measure]\nsubmodels = [1, 2, 5]\nfeature_drop = {{ shares = [0.0, 0.5] }}\n\
         [[variants]]\nname = \"{SCRIPT_TOML}\"\n\
         [[variants]]\nname = \"{QUOTES}\"\nremedies.dropout = 0.3\n\
         [variants.sweep]\n\"remedies.dropout.hidden\" = [0.1, 0.5]\n\"remedies.weight_decay\" = [0.0, 0.1]\n\
         [[variants]]\nname = \"{CHINESE}\"\nremedies.prune = {{ ratio = 0.5, at_epoch = 3 }}\n\
         [[variants]]\nname = \"{HEBREW}\"\nremedies.l2 = 0.1\n[[variants]]\nname = \"{long}\"\nremedies.noise = 0.1\n",
        SCRIPT_TOML = SCRIPT.replace('"', "\\\"")
    )
}

/// The folder with the page of that experiment, or nothing where no browser can look at it.
fn page() -> Option<(Browser, Workplace, PathBuf)> {
    let browser = Browser::start()?;
    let place = Workplace::new();
    place.write("blobs.csv", blobs(60)).write("e.toml", config());
    place.overfit(&["run", "e.toml", "--quiet", "--out", "r"]).success();
    let page = place.path().join("r/report.html");
    Some((browser, place, page))
}

#[test]
fn every_chart_is_drawn_in_every_metric_and_nothing_is_fetched() {
    let Some((mut browser, _place, page)) = page() else { return };
    browser.open(&page, 1000);
    let figures = browser.evaluate("[...document.querySelectorAll('figure')].map(f => f.dataset.charts).join(' ')");
    let expected = [
        "scores",
        "gaps",
        "differences",
        "learning-curve-loss",
        "learning-curve-accuracy",
        "learning-curve-gap",
        "gap-by-remedies-dropout-hidden",
        "score-map",
        "gap-map",
        "score-by-sparsity",
        "votes",
        "feature-drop",
    ];
    let figures = figures.as_str().unwrap().to_owned();
    for chart in expected {
        assert!(figures.split(' ').any(|name| name == chart), "{chart} is not among {figures}");
    }
    let empty = "[...document.querySelectorAll('figure')].filter(f => !f.querySelector('svg.chart path, svg.chart rect')).length";
    assert_eq!(browser.evaluate(empty), 0, "a figure without a drawing");
    let switched = "(() => { const seen = []; const figure = document.querySelector('figure[data-charts^=learning]'); \
        for (let i = 0; i < 3; i++) { figure.querySelectorAll('.switches button')[i].click(); \
        seen.push(figure.querySelectorAll('path.line').length > 0 && figure.querySelector('svg.chart').getAttribute('aria-label')); } \
        return seen; })()";
    let titles = ["Learning curves: loss", "Learning curves: accuracy", "Overfitting gap, epoch by epoch"];
    assert_eq!(browser.evaluate(switched), json!(titles));
    assert_eq!(browser.complaints(), [] as [String; 0]);
    assert_eq!(browser.requests(), [] as [String; 0]);
}

#[test]
fn a_click_in_the_legend_takes_a_variant_away_with_its_training_line_and_band_and_brings_it_back() {
    let Some((mut browser, _place, page)) = page() else { return };
    browser.open(&page, 1000);
    let figure = "const figure = document.querySelector('figure[data-charts^=learning]'); \
        const name = figure.querySelectorAll('.legend button[data-name]')[1].dataset.name; \
        const press = (text) => [...figure.querySelectorAll('.legend button')].find(b => text(b)).click(); \
        const drawn = () => [...figure.querySelectorAll('.plot [data-name]')].filter(p => p.dataset.name === name) \
            .map(p => p.classList.contains('band') ? 'band of ' + p.dataset.role : p.dataset.role).sort();";
    // Training lines of many variants are asked for first.
    let run = format!(
        "(() => {{ {figure} if (!drawn().includes('train')) press(b => b.textContent === 'train'); const before = drawn(); \
         press(b => b.dataset.name === name); const without = drawn(); press(b => b.dataset.name === name); \
         return [before, without, drawn(), figure.querySelectorAll('.plot path.line').length > 2]; }})()"
    );
    let whole = json!(["band of test", "band of train", "test", "train"]);
    assert_eq!(browser.evaluate(&run), json!([whole, [], whole, true]));
    assert_eq!(browser.complaints(), [] as [String; 0]);
}

#[test]
fn names_are_shown_as_the_text_that_they_are() {
    let Some((mut browser, _place, page)) = page() else { return };
    browser.open(&page, 1000);
    assert_eq!(browser.evaluate("document.querySelector('h1').textContent"), "hostile 'title' & &lt;more");
    let elements = "[document.scripts.length, document.querySelectorAll('img, i, b, iframe').length, window.broken]";
    assert_eq!(browser.evaluate(elements), json!([2, 0, null]));
    let names = browser.evaluate(
        "[...document.querySelectorAll('figure[data-charts^=learning] .legend button[data-name] span')].map(s => s.textContent)",
    );
    let quotes = "it's \"50%\" $a$ & <b>bold</b> \\";
    for name in [SCRIPT, CHINESE, HEBREW, &"x".repeat(300)] {
        assert!(names.as_array().unwrap().iter().any(|found| found == name), "{name}: {names}");
    }
    assert!(names.as_array().unwrap().iter().any(|found| found.as_str().unwrap().starts_with(quotes)), "{names}");
    for width in [1000, 390] {
        browser.open(&page, width);
        let overflow = browser.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        assert_eq!(overflow, 0, "the page is wider than a window of {width}");
    }
}

#[test]
fn pointer_and_arrow_keys_show_the_values_of_all_variants() {
    let Some((mut browser, _place, page)) = page() else { return };
    browser.open(&page, 1000);
    let svg = "document.querySelector('figure[data-charts^=learning] svg.chart')";
    let corner = format!(
        "(() => {{ const svg = {svg}; svg.scrollIntoView({{ block: 'center' }}); const a = svg.getBoundingClientRect(); \
         return [a.left + a.width / 2, a.top + a.height / 2]; }})()"
    );
    let middle = browser.evaluate(&corner);
    browser.point(middle[0].as_f64().unwrap(), middle[1].as_f64().unwrap(), 0);
    let rows = "(() => { const tip = document.querySelector('.tip'); return tip && [tip.querySelector('th').textContent, \
        tip.querySelectorAll('tbody tr').length]; })()";
    let shown = "[...document.querySelectorAll('figure[data-charts^=learning] .legend button[data-name]')] \
        .filter(b => b.getAttribute('aria-pressed') === 'true').length";
    let count = browser.evaluate(shown);
    assert_eq!(browser.evaluate(rows), json!(["epoch 3", count]));
    browser.point(5.0, 5.0, 0);
    assert_eq!(browser.evaluate(rows), json!(null));
    browser.evaluate(&format!("{svg}.focus()"));
    browser.press("ArrowRight");
    browser.press("ArrowRight");
    assert_eq!(browser.evaluate(rows), json!(["epoch 5", count]), "the keys go on where the pointer was");
    browser.press("Escape");
    assert_eq!(browser.evaluate(rows), json!(null));
}

#[test]
fn a_dark_screen_gets_dark_paper_and_a_printer_white_with_every_metric() {
    let Some((mut browser, _place, page)) = page() else { return };
    let ground = "getComputedStyle(document.body).backgroundColor";
    let dark = json!({ "features": [{ "name": "prefers-color-scheme", "value": "dark" }] });
    browser.call("Emulation.setEmulatedMedia", dark);
    browser.open(&page, 1000);
    assert_eq!(browser.evaluate(ground), "rgb(20, 23, 27)");
    let charts = "document.querySelectorAll('figure[data-charts^=learning] svg.chart').length";
    assert_eq!(browser.evaluate(charts), 1);
    let print = json!({ "media": "print", "features": [{ "name": "prefers-color-scheme", "value": "dark" }] });
    browser.call("Emulation.setEmulatedMedia", print);
    assert_eq!(browser.evaluate(ground), "rgb(255, 255, 255)");
    browser.evaluate("window.dispatchEvent(new Event('beforeprint'))");
    assert_eq!(browser.evaluate(charts), 3);
    browser.evaluate("window.dispatchEvent(new Event('afterprint'))");
    assert_eq!(browser.evaluate(charts), 1);
}
