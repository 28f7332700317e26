//! Pictures of every state of the page, and the sheet that shows them.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    command::{Failure, run, say},
    place, server, tools,
};

/// The states in the order in which a person meets them; those that are not named here come last.
const ORDER: [&str; 17] = [
    "connect",
    "connect-pending",
    "connect-error",
    "account",
    "account-error",
    "account-number",
    "credentials",
    "credentials-error",
    "credentials-hints",
    "code",
    "code-error",
    "code-ending",
    "code-expired",
    "user",
    "user-sessions",
    "user-password",
    "signed-out",
];

fn folder() -> PathBuf {
    place::root().join("docs").join("screens")
}

/// Takes all pictures anew, against the release build, and writes the sheet.
pub(crate) fn screens() -> Result<(), Failure> {
    server::build()?;
    tools::for_browser_tests()?;
    let chromium = tools::headless_chromium()?;
    for picture in pictures(&folder())? {
        let path = folder().join(picture);
        fs::remove_file(&path).map_err(Failure::file(&path))?;
    }
    say("Taking pictures");
    let mut command = Command::new("npx");
    command
        .args(["playwright", "test", "--project=e2e", "tour.spec.ts", "--grep", "tour.spec.ts (en|ar|de) |pictures"])
        .env("SCREENS", "write")
        .current_dir(place::tests());
    if let Some(chromium) = chromium {
        command.env("E2E_CHROMIUM", chromium);
    }
    run(&mut command)?;
    let sheet = folder().join("README.md");
    fs::write(&sheet, sheet_of(&pictures(&folder())?)).map_err(Failure::file(&sheet))
}

/// The names of the pictures in a folder, sorted.
fn pictures(folder: &Path) -> Result<Vec<String>, Failure> {
    let entries = fs::read_dir(folder).map_err(Failure::file(folder))?;
    let mut names: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| crate::page::has_ending(name, "png"));
    names.sort();
    Ok(names)
}

/// A page with all pictures, a heading for each state.
fn sheet_of(pictures: &[String]) -> String {
    let mut states = BTreeMap::<(usize, &str), Vec<&String>>::new();
    for picture in pictures {
        // State, language, format, colour scheme: only a state has dashes in its name.
        let state = picture.rsplitn(4, '-').nth(3).unwrap_or(picture);
        let place = ORDER.iter().position(|each| *each == state).unwrap_or(ORDER.len());
        states.entry((place, state)).or_default().push(picture);
    }
    let mut sheet =
        "# Every state of the page\n\nWritten by `cargo xtask screens`; `tests/e2e/tour.spec.ts` compares, \
                     under the same headless shell and fonts (`fingerprint.json`).\n"
            .to_owned();
    for ((_, state), pictures) in states {
        // Writing to a String cannot fail.
        let _ = write!(sheet, "\n## {state}\n\n");
        for picture in pictures {
            let name = picture.trim_end_matches(".png");
            let _ = writeln!(sheet, "<img src=\"{picture}\" height=\"360\" alt=\"{name}\">");
        }
    }
    sheet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_shows_the_states_in_the_order_of_a_sign_in() {
        let names = ["code-en-phone-dark.png", "code-error-en-phone-dark.png", "connect-de-desktop-light.png"];
        let sheet = sheet_of(&names.map(str::to_owned));
        let places = ["## connect\n", "## code\n", "## code-error\n"].map(|heading| sheet.find(heading).unwrap());
        assert!(places.is_sorted(), "{sheet}");
        assert!(sheet.contains("<img src=\"connect-de-desktop-light.png\""), "{sheet}");
    }
}
