//! The server's binary: see [`vestibule_server::cli`].

use std::process::ExitCode;
use std::thread::available_parallelism;

use mimalloc::MiMalloc;
use tokio::runtime::Builder;

/// What a sign-in allocates and frees, several thousand times, takes it less time than the system's takes
/// (`docs/decisions/0032-cost-of-a-sign-in.md`).
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Password hashes have threads of their own, as many as there are processors. Everything else takes less than a quarter
/// of their time, and less yet where it need not be passed on from one thread to the other.
fn main() -> std::io::Result<ExitCode> {
    let threads = available_parallelism().map_or(1, usize::from).div_ceil(4);
    let runtime = Builder::new_multi_thread().worker_threads(threads).enable_all().build()?;
    Ok(runtime.block_on(vestibule_server::cli::main()))
}
