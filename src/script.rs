//! Completes the script that wasm-bindgen has written with what else the program needs: one file for the browser to fetch,
//! and nothing of it within reach of any other script.

use std::{fs, io, path::Path};

const PARTS: [&str; 2] = [include_str!("../script/platform.js"), include_str!("../script/next-visit.js")];

/// Appends them to the page's one module.
pub(crate) fn complete(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("vestibule-") && name.ends_with(".js") {
            let module = fs::read_to_string(&path)?;
            let parts = PARTS.map(without_comments).concat();
            return fs::write(&path, format!("{module}\n{parts}"));
        }
    }
    Err(io::ErrorKind::NotFound.into())
}

/// Without lines that are comments, and without indentation.
fn without_comments(script: &str) -> String {
    let lines = script.lines().map(str::trim_start);
    let lines =
        lines.filter(|line| !line.is_empty() && !["//", "/*", "* ", "*/"].iter().any(|it| line.starts_with(it)));
    lines.fold(String::new(), |text, line| text + line + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_comments_are_left_out() {
        let script = "// Why.\nconst a = () => {\n  /** What. */\n  b(\"//\");\n\n  /**\n   * More.\n   */\n};\n";
        assert_eq!(without_comments(script), "const a = () => {\nb(\"//\");\n};\n");
        let [platform, next_visit] = PARTS.map(without_comments);
        assert!(platform.starts_with("const platform = ") && next_visit.starts_with("addEventListener("));
    }
}
