//! Whatever stands in a file or in the environment is read, or refused in a way that shows no secret.

use std::path::Path;

use proptest::prelude::*;

use super::*;

/// Stands in every file that is tried; no refusal may show it.
const SECRET: &str = "unguessable-kettle-lantern-of-chance";

fn read(text: &str, environment: &[(String, String)]) -> Result<Config, String> {
    let file = Path::new("vestibule.toml");
    Config::read(Some(file), text, environment.iter().cloned()).map_err(|error| error.to_string())
}

/// The example with all settings made, and every secret in it [`SECRET`].
fn lines() -> Vec<String> {
    let both = |line: &str| ["password_file", "secret_file", "key_file"].iter().any(|key| line.starts_with(key));
    let everything = example_with_everything().replace('…', SECRET);
    everything
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#') && !both(line))
        .map(str::to_owned)
        .collect()
}

/// A value of TOML, or something like it.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "-?[0-9]{1,20}",
        "\"[0-9]{1,9} ?(ms|s|min|h|days|y)\"",
        "\"[a-zA-Z0-9.:/@<>\\[\\] -]{0,24}\"",
        "\\[(\"[a-z0-9.:/]{0,12}\",? ?){0,3}\\]",
        "(true|false|inf|nan|1e3|\\{\\}|\\[\\]|\"\"|\"any\"|1979-05-27)",
        "[ -~]{0,12}",
        any::<String>(),
    ]
}

fn check(read: Result<Config, String>) -> Result<(), TestCaseError> {
    match read {
        Ok(config) => {
            prop_assert_eq!(config.validate(), Ok(()));
            let shown = format!("{config:?}");
            prop_assert!(!shown.contains(SECRET));
        }
        Err(error) => {
            prop_assert!(!error.contains(SECRET), "{}", error);
            prop_assert!(error.starts_with("vestibule.toml: ") || error.starts_with("VESTIBULE_"), "{}", error);
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_file_with_a_changed_value_is_read_or_refused_without_its_secrets(at in any::<prop::sample::Index>(), value in value()) {
        let mut lines = lines();
        let at = at.index(lines.len());
        if let Some((key, _)) = lines[at].split_once(" = ") {
            lines[at] = format!("{key} = {value}");
        }
        check(read(&lines.join("\n"), &[]))?;
    }

    #[test]
    fn a_file_with_a_changed_character_is_read_or_refused_without_its_secrets(at in any::<prop::sample::Index>(), c in any::<char>()) {
        let text = lines().join("\n");
        let mut changed: Vec<char> = text.chars().collect();
        let at = at.index(changed.len());
        changed[at] = c;
        let changed: String = changed.into_iter().collect();
        // A secret that was changed itself is another one.
        if changed.matches(SECRET).count() == text.matches(SECRET).count() {
            check(read(&changed, &[]))?;
        }
    }

    #[test]
    fn a_variable_is_read_or_refused_by_its_name(at in any::<prop::sample::Index>(), value in value()) {
        let (mut section, mut names) = (String::new(), Vec::new());
        for line in lines() {
            match line.split_once(" = ") {
                Some((key, _)) => names.push(format!("VESTIBULE_{section}{}", key.to_uppercase())),
                None => section = format!("{}__", line.trim_matches(['[', ']']).replace('.', "__").to_uppercase()),
            }
        }
        let name = names[at.index(names.len())].clone();
        check(read(&lines().join("\n"), &[(name, value)]))?;
    }

    #[test]
    fn whatever_text_stands_in_a_file_is_read_or_refused(text in any::<String>()) {
        check(read(&text, &[]))?;
    }
}
