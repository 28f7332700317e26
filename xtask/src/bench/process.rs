//! What Linux tells of a process.

use std::{fs, path::PathBuf};

use crate::command::Failure;

/// Processor time that it has had so far, in user mode and in the kernel.
pub(super) fn cpu_seconds(process: u32) -> Result<f64, Failure> {
    let file = PathBuf::from(format!("/proc/{process}/stat"));
    let stat = fs::read_to_string(&file).map_err(Failure::file(&file))?;
    // The name, in parentheses, may have blanks in it. Linux tells hundredths of a second.
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace();
    let ticks: Vec<f64> = fields.skip(11).take(2).filter_map(|field| field.parse().ok()).collect();
    match ticks[..] {
        [user, system] => Ok((user + system) / 100.0),
        _ => Err(Failure::Bench(format!("no times in {}", file.display()))),
    }
}

/// A figure of it in MB (10^6 bytes): `VmRSS`, or `VmHWM` for the most so far.
pub(super) fn memory(process: u32, key: &str) -> Result<f64, Failure> {
    let file = PathBuf::from(format!("/proc/{process}/status"));
    let status = fs::read_to_string(&file).map_err(Failure::file(&file))?;
    let value = status.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
    let kib = value.and_then(|value| value.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    kib.map(|kib| kib * 1024.0 / 1e6).ok_or_else(|| Failure::Bench(format!("no {key} in {}", file.display())))
}
