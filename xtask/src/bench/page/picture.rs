//! The figures as a picture that follows the reader's colours.

use std::fmt::Write;

use super::{Page, Profile, Side};

/// Room for a line of text with its bar, between two groups, and for what a bar is of.
const LINE: u32 = 26;
const GAP: u32 = 38;
const LABEL: f64 = 210.0;
const WIDTH: f64 = 720.0;

const STYLE: &str = "text{font:14px system-ui,sans-serif;fill:#14202b}.h{font-weight:600}.s{fill:#4b5966;font-size:12px}\
                     .page{fill:#0b57c2}.form{fill:#78858f}@media (prefers-color-scheme: dark){text{fill:#e9eff4}\
                     .s{fill:#a9b7c3}.page{fill:#8ab8ff}.form{fill:#7c8b98}}";

/// A bar: what it is of, milliseconds, whose it is.
type Bar = (&'static str, f64, Side);

/// Draws what people wait for on the slow phone.
pub(super) fn draw(page: &Page) -> String {
    let visit = |side, is_repeat| page.visit(side, Profile::Phone, is_repeat);
    let usable = |side, is_repeat| visit(side, is_repeat).map_or(0.0, |visit| visit.usable_ms.median);
    let field = visit(Side::Page, false).map_or(0.0, |visit| visit.input_ms.median);
    let wait = |side| page.sign_ins.iter().find(|sign_in| sign_in.side == side).map_or(0.0, |it| it.wait_ms.median);
    let groups: [(&str, Vec<Bar>); 3] = [
        (
            "First visit, from the address to the form",
            vec![
                ("plain HTML: can be used", usable(Side::Form, false), Side::Form),
                ("Vestibule: takes typing and taps", field, Side::Page),
                ("Vestibule: program is there", usable(Side::Page, false), Side::Page),
            ],
        ),
        (
            "Every visit after that",
            vec![
                ("plain HTML: can be used", usable(Side::Form, true), Side::Form),
                ("Vestibule: program is there", usable(Side::Page, true), Side::Page),
            ],
        ),
        (
            "A whole sign-in with a code, all waiting after taps",
            vec![
                ("server-rendered HTML forms", wait(Side::Form), Side::Form),
                ("Vestibule", wait(Side::Page), Side::Page),
            ],
        ),
    ];
    let longest = groups.iter().flat_map(|(_, bars)| bars).fold(1.0, |longest, (_, ms, _)| ms.max(longest));
    let scale = (WIDTH - LABEL - 100.0) / longest;
    let (mut body, mut y) = (String::new(), 20);
    // Writing to a String cannot fail.
    for (heading, bars) in &groups {
        let _ = write!(body, "<text class=\"h\" y=\"{y}\">{heading}</text>");
        for (label, ms, side) in bars {
            y += LINE;
            let (class, width, x) = (if *side == Side::Page { "page" } else { "form" }, ms * scale, LABEL + 20.0);
            let _ = write!(
                body,
                "<text y=\"{y}\">{label}</text><rect class=\"{class}\" x=\"{x}\" y=\"{}\" width=\"{width:.0}\" \
                 height=\"16\" rx=\"3\"/><text x=\"{:.0}\" y=\"{y}\">{ms:.0} ms</text>",
                y - 13,
                x + width + 8.0,
            );
        }
        y += GAP;
    }
    let _ = write!(
        body,
        "<text class=\"s\" y=\"{y}\">Median of {} runs each, both sides in one run: 412×915, CPU 4× slower, 150 ms, \
         1.6/0.75 Mbit/s, HTTP/2.</text>",
        page.runs
    );
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{0}\" viewBox=\"0 0 {WIDTH} {0}\" \
         role=\"img\"><title>How long people wait, beside plain HTML</title><style>{STYLE}</style>{body}</svg>\n",
        y + 12
    )
}
