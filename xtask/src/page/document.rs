//! The document as it is served: the first screen is all that comes before it is painted, and there is one document in
//! every language.

use std::{collections::BTreeMap, fmt::Write};

use super::{
    assets::{Files, has_ending},
    worker,
};
use crate::command::Failure;

const DOCUMENT: &str = "index.html";
/// As the document begins, in its own language.
const LANGUAGE: &str = r#" lang="en" dir="ltr""#;
/// As Trunk begins what is to be fetched early.
const LINKS: [&str; 2] = [r#"<link rel="modulepreload""#, r#"<link rel="preload""#];
/// As Trunk begins the script that starts the program.
const START: &str = r#"<script type="module">"#;
const END: &str = "</script>";
/// As styles begin and end.
const STYLE: [&str; 2] = ["<style>", "</style>"];
/// By this the program finds the document's own style among those that others may have added.
const OWN_STYLE: &str = r#"<style id="vestibule-style">"#;

fn failure(lacks: &str) -> Failure {
    Failure::Page(format!("{DOCUMENT} has no {lacks}"))
}

fn text(files: &Files) -> Result<String, Failure> {
    let bytes = files.get(DOCUMENT).cloned().ok_or_else(|| failure("file"))?;
    String::from_utf8(bytes).map_err(|_| failure("UTF-8"))
}

/// Has everything but the first screen fetched and run once that is painted (`script/first.js`): on a small device it would
/// hold up the paint. Only the program is on its way before, because the server names it in a header.
pub(super) fn with_late_start(mut files: Files) -> Result<Files, Failure> {
    let mut document = text(&files)?;
    let mut names = Vec::new();
    for beginning in LINKS {
        let Some(at) = document.find(beginning) else { return Err(failure(beginning)) };
        let length = document[at..].find('>').ok_or_else(|| failure(">"))? + 1;
        let link: String = document.drain(at..at + length).collect();
        let name = link.split_once("href=\"").and_then(|(_, after)| after.split('"').next());
        names.push(name.ok_or_else(|| failure("href"))?.to_owned());
    }
    let [script, program] = names.as_slice() else { return Err(failure("links")) };
    let at = document.find(START).ok_or_else(|| failure(START))?;
    let length = document[at..].find(END).ok_or_else(|| failure(END))?;
    document.replace_range(at..at + length, &format!("<script>{}", start(script, program)));
    files.insert(DOCUMENT.to_owned(), document.into_bytes());
    Ok(files)
}

/// As Trunk's own, without what nobody here asks for. The program is asked for at the same time as the script that compiles
/// it, and begun after whatever else waits for the paint, which may come later than a script that fails at once.
fn start(script: &str, program: &str) -> String {
    format!(
        r#"self.vestibuleAfter(async () => {{
             const program = fetch("{program}");
             program.catch(() => {{}});
             const script = import("{script}");
             script.catch(() => {{}});
             await self.vestibuleAfter(() => {{}});
             const bindings = await script.catch(() => self.vestibuleMissing());
             await bindings.default({{ module_or_path: program }});
             dispatchEvent(new Event("TrunkApplicationStarted"));
           }});"#
    )
}

/// Has the styles of the body, which are those of later stages, come with the program instead: what the document does not
/// have holds no paint up. They are added as one rule, in which browsers leave out what they do not know: by itself that would
/// be an error. No engine applies the policy to it.
pub(super) fn with_late_style(mut files: Files) -> Result<Files, Failure> {
    let [open, close] = STYLE;
    let mut document = text(&files)?;
    let body = document.find("<body").ok_or_else(|| failure("<body"))?;
    let mut late = String::new();
    while let Some(found) = document[body..].find(open) {
        let begin = body + found;
        let length = document[begin..].find(close).ok_or_else(|| failure(close))?;
        let style: String = document.drain(begin..begin + length + close.len()).collect();
        late.push_str(&style[open.len()..length]);
    }
    if late.is_empty() {
        return Err(failure("style in its body"));
    }
    let at = document.find(open).ok_or_else(|| failure(open))?;
    document.replace_range(at..at + open.len(), OWN_STYLE);
    let module = files.iter_mut().find(|(name, _)| name.starts_with("vestibule-") && has_ending(name, "js"));
    let (_, module) = module.ok_or_else(|| Failure::Page("there is no module".to_owned()))?;
    let rule = serde_json::to_string(&format!("@media all{{{late}}}"));
    let rule = rule.map_err(|error| Failure::Page(error.to_string()))?;
    // Whatever keeps the style from the page keeps nobody from signing in.
    let add = format!(
        r#"try{{const{{sheet:s}}=document.getElementById("vestibule-style");s.insertRule({rule},s.cssRules.length)}}catch{{}}"#
    );
    module.extend(add.into_bytes());
    files.insert(DOCUMENT.to_owned(), document.into_bytes());
    Ok(files)
}

/// One script and one style: browsers begin each anew, and the policy has a hash for each.
pub(super) fn with_one_script(mut files: Files) -> Result<Files, Failure> {
    let mut document = text(&files)?;
    for element in ["script", "style"] {
        let (open, close) = (format!("<{element}>"), format!("</{element}>"));
        let mut parts = document.split(close.as_str());
        let mut joined = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            if let Some(more) = part.trim_start().strip_prefix(open.as_str()) {
                joined.push_str(more);
            } else {
                joined.push_str(&close);
                joined.push_str(part);
            }
        }
        document = joined;
    }
    files.insert(DOCUMENT.to_owned(), document.into_bytes());
    Ok(files)
}

/// Adds `index.<tag>.html` for every language.
pub(super) fn with_languages(mut files: Files) -> Result<Files, Failure> {
    let document = text(&files)?;
    let languages: Vec<String> = files.keys().filter(|name| worker::is_language(name)).cloned().collect();
    for name in languages {
        let Some((tag, _)) = name.rsplit_once('-') else { continue };
        let lines = String::from_utf8_lossy(files.get(&name).map(Vec::as_slice).unwrap_or_default()).into_owned();
        let first = lines.lines().next().unwrap_or_default();
        let texts: BTreeMap<String, String> =
            serde_json::from_str(first).map_err(|error| Failure::Page(format!("{name}: {error}")))?;
        if !document.contains(&format!(r#" lang="{tag}""#)) {
            let translated = translated(&document, tag, &texts)?;
            files.insert(format!("index.{tag}.html"), translated.into_bytes());
        }
    }
    Ok(files)
}

/// Puts the texts where the document names them.
fn translated(document: &str, tag: &str, texts: &BTreeMap<String, String>) -> Result<String, Failure> {
    let lacks = |what: &str| Failure::Page(format!("in {tag} there is no {what}"));
    let find = |name: &str| texts.get(name).ok_or_else(|| lacks(name));
    if !document.contains(LANGUAGE) {
        return Err(failure(LANGUAGE));
    }
    let language = format!(r#" lang="{tag}" dir="{}""#, find("direction")?);
    let document = document.replacen(LANGUAGE, &language, 1);
    let mut parts = document.split(r#"data-text=""#);
    let mut translated = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let split = || {
            let (name, rest) = part.split_once('"')?;
            let (attributes, rest) = rest.split_once('>')?;
            Some((name, attributes, &rest[rest.find('<')?..]))
        };
        let (name, attributes, rest) = split().ok_or_else(|| failure("end of data-text"))?;
        let text = find(name)?.replace('&', "&amp;").replace('<', "&lt;");
        // Writing to a String cannot fail.
        let _ = write!(translated, r#"data-text="{name}"{attributes}>{text}{rest}"#);
    }
    Ok(translated)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<html data-worker=\"sw.js\" lang=\"en\" dir=\"ltr\"><base href=\"/\"><script>go(\"<p>\")</script>\
        <link rel=\"modulepreload\" href=\"./v.js\"><link rel=\"preload\" href=\"./v.wasm\"><h1 data-text=\"heading\" \
        hidden>Connect</h1><noscript><p data-text=\"noscript\">No</p></noscript>";

    fn files(language: &str) -> Files {
        let files = [(DOCUMENT, PAGE), ("ar-0011223344556677.txt", language), ("en-0011223344556677.txt", language)];
        files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).into()
    }

    fn text_of(files: &Files, name: &str) -> String {
        String::from_utf8(files[name].clone()).unwrap()
    }

    #[test]
    fn all_but_the_first_screen_waits_until_that_is_painted() {
        let page = "<p>x</p><link rel=\"modulepreload\" href=\"./v.js\"><link rel=\"preload\" href=\"./v.wasm\">\
            <script>first()</script>\n<script type=\"module\">go()</script><p>y</p>";
        let document = text(&with_late_start(Files::from([(DOCUMENT.to_owned(), page.into())])).unwrap()).unwrap();
        let begin = "<p>x</p><script>first()</script>\n<script>self.vestibuleAfter(async () => {";
        assert!(document.starts_with(begin) && document.ends_with("</script><p>y</p>"), "{document}");
        for part in [r#"fetch("./v.wasm")"#, r#"import("./v.js")"#] {
            assert!(document.contains(part), "{document}");
        }
        assert!(!document.contains("<link"), "{document}");
        for lacking in LINKS.into_iter().chain([START]) {
            let page = page.replace(lacking, "<p");
            let late = with_late_start(Files::from([(DOCUMENT.to_owned(), page.into_bytes())]));
            assert!(late.is_err(), "without {lacking}");
        }
    }

    #[test]
    fn styles_of_the_body_come_with_the_program() {
        let page = "<style>a{b:c}</style><style>d{e:f}</style><body><p>x</p><style>g{h:i}</style><style>j{k:\"l\"}\n</style>\
            <p>y</p></body>";
        let files = [(DOCUMENT, page), ("vestibule-00112233.js", "go();"), ("sw.js", "")];
        let late = |files: &[(&str, &str)]| {
            with_late_style(files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect())
        };
        let made = late(&files).unwrap();
        let expected = "<style id=\"vestibule-style\">a{b:c}</style><style>d{e:f}</style><body><p>x</p><p>y</p></body>";
        assert_eq!(text(&made).unwrap(), expected);
        let module = text_of(&made, "vestibule-00112233.js");
        let rule = r#"s.insertRule("@media all{g{h:i}j{k:\"l\"}\n}",s.cssRules.length)"#;
        assert!(module.starts_with("go();try{const{sheet:s}=") && module.contains(rule), "{module}");
        assert!(late(&files[..1]).is_err(), "without a module");
        let document = "<style>a{b:c}</style><body></body>";
        assert!(late(&[(DOCUMENT, document), files[1]]).is_err(), "without a late style");
    }

    #[test]
    fn neighbouring_scripts_and_styles_are_one() {
        let page = "<style>a</style>\n<style>b</style><p><script>c;</script> <script>d;</script></p><script src=\"e\"></script>";
        let files = with_one_script(Files::from([(DOCUMENT.to_owned(), page.into())])).unwrap();
        let expected = "<style>ab</style><p><script>c;d;</script></p><script src=\"e\"></script>";
        assert_eq!(text(&files).unwrap(), expected);
    }

    #[test]
    fn a_document_in_another_language_differs_in_its_texts_alone() {
        let texts = r#"{"direction":"rtl","heading":"<&>","noscript":"لا"}"#;
        let files = with_languages(files(&format!("{texts}\nmore\n"))).unwrap();
        let expected = PAGE
            .replace("lang=\"en\" dir=\"ltr\"", "lang=\"ar\" dir=\"rtl\"")
            .replace("Connect", "&lt;&amp;>")
            .replace("No<", "لا<");
        assert_eq!(text_of(&files, "index.ar.html"), expected);
        assert!(!files.contains_key("index.en.html"), "that one has no language in its name");
    }

    #[test]
    fn a_text_that_a_language_lacks_is_told() {
        let lacking = with_languages(files(r#"{"direction":"rtl","heading":"x"}"#));
        assert!(matches!(lacking, Err(Failure::Page(told)) if told == "in ar there is no noscript"));
    }
}
