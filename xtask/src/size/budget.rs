//! How heavy the page may be.

use std::fmt::Write;

use super::Sizes;
use crate::command::Failure;

/// Half the first flight of a connection. On a slow line 200 bytes are a millisecond before the first screen.
const DOCUMENT: u64 = 7_000;
/// The module that starts the program, with the styles of later stages; what stands in the document counts there.
const SCRIPT: u64 = 9_000;
const WASM: u64 = 103_000;
/// Until the program has taken the first screen over.
const BEFORE: u64 = 120_000;
/// All that a first visit brings.
const EVERYTHING: u64 = 150_000;
/// A language, for those who read it.
const LANGUAGE: u64 = 3_200;

/// A line of the table: what it is, bytes now, bytes before, bytes at most.
type Line = (String, u64, u64, u64);

fn lines(now: &Sizes, before: &Sizes) -> Vec<Line> {
    let line = |name: &str, of: fn(&Sizes) -> u64, most| (name.to_owned(), of(now), of(before), most);
    let mut lines = vec![
        line("document", |sizes| sizes.document_br, DOCUMENT),
        line("scripts", |sizes| sizes.script_br, SCRIPT),
        line("WebAssembly", |sizes| sizes.wasm_br, WASM),
        line("before the take-over", |sizes| sizes.cold_before_br, BEFORE),
        line("everything", |sizes| sizes.cold_total_br, EVERYTHING),
    ];
    for (tag, bytes) in &now.languages_br {
        let before = before.languages_br.get(tag).copied().unwrap_or_default();
        lines.push((format!("more in {tag}"), *bytes, before, LANGUAGE));
    }
    lines
}

/// The sizes beside those before, and what they may be.
pub(super) fn table(now: &Sizes, before: &Sizes) -> String {
    let mut table = format!("{:<22} {:>9} {:>9} {:>9}", "bytes, brotli", "now", "change", "at most");
    for (name, now, before, most) in lines(now, before) {
        let change = match now.cmp(&before) {
            std::cmp::Ordering::Less => format!("-{}", before - now),
            std::cmp::Ordering::Equal => "0".to_owned(),
            std::cmp::Ordering::Greater => format!("+{}", now - before),
        };
        let _ = write!(table, "\n{name:<22} {now:>9} {change:>9} {most:>9}");
    }
    table
}

/// Whether every budget is kept.
pub(super) fn check(sizes: &Sizes) -> Result<(), Failure> {
    let over = lines(sizes, sizes).into_iter().filter(|(_, now, _, most)| now > most);
    let over: Vec<String> = over.map(|(name, now, _, most)| format!("{name} ({now} of {most} bytes)")).collect();
    if over.is_empty() { Ok(()) } else { Err(Failure::TooHeavy(over.join(", "))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(document: u64, german: u64) -> Sizes {
        let languages_br = [("de".to_owned(), german)].into();
        Sizes { document_br: document, languages_br, ..Sizes::default() }
    }

    #[test]
    fn a_byte_too_many_is_told_with_its_name() {
        assert!(check(&sizes(DOCUMENT, LANGUAGE)).is_ok());
        let Err(Failure::TooHeavy(over)) = check(&sizes(DOCUMENT + 1, LANGUAGE + 2)) else {
            panic!("nothing was told")
        };
        assert_eq!(
            over,
            format!(
                "document ({} of {DOCUMENT} bytes), more in de ({} of {LANGUAGE} bytes)",
                DOCUMENT + 1,
                LANGUAGE + 2
            )
        );
    }

    #[test]
    fn the_table_says_what_has_changed_and_what_is_new() {
        let before = Sizes { languages_br: [].into(), ..sizes(7_000, 0) };
        let table = table(&sizes(6_990, 2_000), &before);
        assert!(table.contains("document                    6990       -10"), "{table}");
        assert!(table.contains("more in de                  2000     +2000"), "{table}");
    }
}
