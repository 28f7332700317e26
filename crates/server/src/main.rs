//! The server's binary: see [`vestibule_server::cli`].

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    vestibule_server::cli::main().await
}
