//! Scripts and styles without what only their readers need, within the document and beside it.

use std::{fmt::Write as _, process::Command};

use super::assets::{Files, has_ending};
use crate::{
    command::{Failure, output_of},
    tools,
};

/// The browsers that `cargo xtask size` finds to be the oldest: nothing newer is written.
const TARGET: &str = "--target=chrome97,firefox102,safari16";
/// Tells engines that compile what they have not seen yet when it is called to do so while it comes instead, beside
/// everything else.
const EAGER: &str = "--banner=//# allFunctionsCalledOnLoad";
/// What browsers hold against the document's own copy; the release step has yet to fill it in.
const WORKER: &str = "sw.js";

/// Makes all of the page's text small.
pub(super) fn minified(files: Files) -> Result<Files, Failure> {
    let one = |(name, bytes): (String, Vec<u8>)| {
        let bytes = if has_ending(&name, "html") {
            document(&String::from_utf8_lossy(&bytes))?.into_bytes()
        } else if has_ending(&name, "js") && name != WORKER {
            esbuild(&String::from_utf8_lossy(&bytes), &["--loader=js", "--format=esm", EAGER])?.into_bytes()
        } else if has_ending(&name, "css") {
            esbuild(&String::from_utf8_lossy(&bytes), &["--loader=css"])?.into_bytes()
        } else {
            bytes
        };
        Ok((name, bytes))
    };
    files.into_iter().map(one).collect()
}

/// Every script and style that stands in the document, and the white space before its lines.
fn document(text: &str) -> Result<String, Failure> {
    let (mut small, mut rest) = (String::new(), text);
    while let Some((before, element, after)) = next_element(rest) {
        let Some((attributes, content)) = after.split_once('>') else { break };
        let Some((content, after)) = content.split_once(&format!("</{element}>")) else { break };
        let loader = match (element, attributes.contains("module")) {
            ("style", _) => &["--loader=css"][..],
            (_, true) => &["--loader=js", "--format=esm"],
            (_, false) => &["--loader=js"],
        };
        let content = esbuild(content, loader)?;
        small.push_str(&without_indents(before));
        // Writing to a String cannot fail.
        let _ = write!(small, "<{element}{attributes}>{}</{element}>", content.trim_end());
        rest = after;
    }
    small.push_str(&without_indents(rest));
    Ok(small)
}

/// The text up to the next script or style, which of them it is, and what comes after its name.
fn next_element(text: &str) -> Option<(&str, &'static str, &str)> {
    let found = ["script", "style"].into_iter().filter_map(|element| {
        let (before, after) = text.split_once(&format!("<{element}"))?;
        // `<noscript>` and the like have other names.
        after.starts_with(['>', ' ']).then_some((before, element, after))
    });
    found.min_by_key(|(before, ..)| before.len())
}

/// In HTML any run of white space is one space.
fn without_indents(text: &str) -> String {
    let mut lines = text.split('\n');
    let first = lines.next().unwrap_or_default().to_owned();
    let others: Vec<&str> = lines.map(str::trim_start).collect();
    let last = others.len().saturating_sub(1);
    let kept = others.iter().enumerate().filter(|(at, line)| !line.is_empty() || *at == last);
    kept.fold(first, |text, (_, line)| text + "\n" + line)
}

fn esbuild(input: &str, arguments: &[&str]) -> Result<String, Failure> {
    let mut command = Command::new("esbuild");
    command.args(["--minify", "--charset=utf8", "--log-level=warning", TARGET]).args(arguments);
    output_of(command.env("PATH", tools::path()), input)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_before_lines_goes_and_between_words_stays() {
        assert_eq!(without_indents("<p>\n    a b\n\n\n  </p>\n"), "<p>\na b\n</p>\n");
        assert_eq!(without_indents("</b> <i>"), "</b> <i>");
        assert_eq!(without_indents("x\n  "), "x\n");
    }

    #[test]
    fn scripts_and_styles_are_found_in_their_order() {
        let (before, element, after) =
            next_element("<noscript>x</noscript><style>a</style><script>b</script>").unwrap();
        assert_eq!((before, element, after), ("<noscript>x</noscript>", "style", ">a</style><script>b</script>"));
        assert_eq!(next_element("<p>"), None);
    }
}
