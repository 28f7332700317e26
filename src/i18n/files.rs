//! Writes the catalogues that the page loads on demand: a line of JSON for `index.html`, then a line for each message.
//! The release step makes documents in other languages of the first lines.

use std::{collections::BTreeMap, fs, io, path::Path};

use super::{
    ar,
    catalogue::Texts,
    de, en, es, fr, it,
    messages::{Messages, StartMessages},
    nl, pl, pt_br,
};

/// The languages by their tags (BCP 47).
const CATALOGUES: [(&str, &StartMessages, &Messages); 9] = [
    ("ar", &ar::START, &ar::MESSAGES),
    ("de", &de::START, &de::MESSAGES),
    (OWN, &en::START, &en::MESSAGES),
    ("es", &es::START, &es::MESSAGES),
    ("fr", &fr::START, &fr::MESSAGES),
    ("it", &it::START, &it::MESSAGES),
    ("nl", &nl::START, &nl::MESSAGES),
    ("pl", &pl::START, &pl::MESSAGES),
    ("pt-BR", &pt_br::START, &pt_br::MESSAGES),
];

/// In the page itself: of its file only the words of the document are needed, by whoever comes from another language.
const OWN: &str = "en";

/// Writes a file for each language; the release step gives it the name that its content demands.
pub(crate) fn write(folder: &Path) -> io::Result<()> {
    for (tag, start, messages) in CATALOGUES {
        fs::write(folder.join(name(tag)), text(tag, start, messages)?)?;
    }
    Ok(())
}

/// As `index.html` names it.
fn name(tag: &str) -> String {
    format!("{tag}-00000000.txt")
}

fn text(tag: &str, start: &StartMessages, messages: &Messages) -> io::Result<String> {
    let steps = first_of_the_steps(messages);
    let mut start: BTreeMap<&str, &str> = texts(start).into_iter().collect();
    start.extend([("connect_step", steps.as_str()), ("cancel", messages.cancel)]);
    let start = serde_json::to_string(&start)?;
    if tag == OWN {
        return Ok(format!("{start}\n"));
    }
    let lines: Vec<&str> = texts(messages).into_iter().map(|(_, line)| line).collect();
    Ok(format!("{start}\n{}\n", lines.join("\n")))
}

/// Where the first screen stands among the steps, as the page says it of the others.
fn first_of_the_steps(messages: &Messages) -> String {
    messages.step.replacen("{}", "1", 1).replacen("{}", "4", 1)
}

fn texts(catalogue: &impl Texts) -> Vec<(&'static str, &'static str)> {
    let mut lines = Vec::new();
    catalogue.write("", &mut lines);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = include_str!("../../index.html");
    /// Forms of a plural: a language leaves out those that it has no use for.
    const FORMS: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

    #[test]
    fn the_document_lists_every_language() {
        let names: Vec<String> = CATALOGUES.iter().map(|(tag, ..)| name(tag)).collect();
        let list = format!(r#"<meta name="languages" content="{}">"#, names.join(" "));
        assert!(DOCUMENT.contains(&list), "index.html lacks {list}");
    }

    #[test]
    fn the_document_speaks_the_english_of_the_catalogue() {
        let steps = first_of_the_steps(&en::MESSAGES);
        let others = [("connect_step", steps.as_str()), ("cancel", en::MESSAGES.cancel)];
        let mut uses = 0;
        for part in DOCUMENT.split(r#"data-text=""#).skip(1) {
            let (name, rest) = part.split_once('"').unwrap();
            let said = rest.split_once('>').unwrap().1.split_once('<').unwrap().0;
            let (_, text) = texts(&en::START).into_iter().chain(others).find(|(own, _)| *own == name).unwrap();
            assert_eq!(said, text, "{name}");
            uses += 1;
        }
        assert!(uses > 28, "{uses}");
        for (name, _) in texts(&en::START) {
            assert!(name == "direction" || DOCUMENT.contains(&format!(r#"data-text="{name}""#)), "{name} is not used");
        }
    }

    #[test]
    fn every_message_fits_on_its_line_and_has_the_placeholders_of_the_english_one() {
        let english = texts(&en::MESSAGES);
        for (tag, start, messages) in CATALOGUES {
            for (name, text) in texts(start).into_iter().chain(texts(messages)) {
                assert!(!text.contains(['\n', '\r']) && text.trim() == text, "{tag}: {name}: {text:?}");
                assert_eq!(text.matches('{').count(), text.matches("{}").count(), "{tag}: {name}: {text:?}");
                assert!(!text.is_empty() || FORMS.contains(&name), "{tag}: {name} is empty");
            }
            let own = texts(messages);
            assert_eq!(own.len(), english.len());
            for ((name, own), (_, english)) in own.iter().zip(&english) {
                let count = |text: &str| text.matches("{}").count();
                // A plural may say “one” in words.
                assert!(count(own) == count(english) || FORMS.contains(name), "{tag}: {name}: {own}");
            }
            let lines = if tag == OWN { 0 } else { own.len() };
            assert_eq!(text(tag, start, messages).unwrap().lines().count(), lines + 1, "{tag}");
        }
    }
}
