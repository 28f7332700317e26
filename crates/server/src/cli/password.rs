//! Asks for passwords: at the terminal without showing them, else one line from standard input. Never an argument,
//! which every user of the machine could read.

use std::io::{self, BufRead, IsTerminal};

use vestibule_protocol::{MAX_PASSWORD_CHARS, Secret};

use super::CliError;

/// The longest line that is read, in bytes: more is no password anyway.
const MAX_BYTES: u64 = 8 * MAX_PASSWORD_CHARS as u64;

/// A new password for the account of this name.
pub(super) fn ask(name: &str) -> Result<Secret, CliError> {
    if !io::stdin().is_terminal() {
        return first_line(io::stdin().lock()).map_err(CliError::NoPassword);
    }
    let prompt = |text: String| rpassword::prompt_password(text).map_err(CliError::NoPassword);
    let password = prompt(format!("New password for {name}: "))?;
    if prompt("The same again: ".to_owned())? != password {
        return Err(CliError::NotTheSame);
    }
    Ok(password.into())
}

/// Without its line break; blanks belong to the password.
fn first_line(input: impl BufRead) -> io::Result<Secret> {
    let mut line = String::new();
    io::Read::take(input, MAX_BYTES).read_line(&mut line)?;
    let line = line.strip_suffix('\n').unwrap_or(&line);
    Ok(line.strip_suffix('\r').unwrap_or(line).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_line_break_is_no_part_of_the_password() {
        for (input, expected) in [
            ("correct horse\n", "correct horse"),
            ("correct horse\r\n", "correct horse"),
            (" correct horse \nsecond line\n", " correct horse "),
            ("correct horse", "correct horse"),
            ("\n", ""),
            ("", ""),
        ] {
            assert_eq!(first_line(input.as_bytes()).unwrap().expose(), expected, "{input:?}");
        }
    }
}
