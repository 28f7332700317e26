//! `vestibule-server`: serves the sign-in, and administers its accounts.

use std::process::ExitCode;

fn main() -> ExitCode {
    vestibule_server::cli::main()
}
