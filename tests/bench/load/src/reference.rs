//! Bare password hashes: what a sign-in costs in any case.

use std::thread;
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use serde::Serialize;

use crate::Failure;

/// What was found.
#[derive(Debug, Serialize)]
pub(crate) struct Reference {
    /// All threads together.
    per_s: f64,
    /// Processor time of one.
    cpu_ms: f64,
}

pub(crate) fn measure(threads: usize, seconds: u64, memory_kib: u32, passes: u32) -> Result<Reference, Failure> {
    let params = Params::new(memory_kib, passes, 1, None).map_err(Failure::Hash)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    // The memory is got once, as the server does, and has been written to before the time counts.
    let mut arenas = vec![vec![Block::new(); argon2.params().block_count()]; threads];
    for arena in &mut arenas {
        check(&argon2, arena)?;
    }
    let (begun, cpu) = (now(), cpu_time()?);
    let end = begun + Duration::from_secs(seconds);
    let counts = thread::scope(|scope| {
        let working: Vec<_> = arenas.iter_mut().map(|arena| scope.spawn(|| check_until(end, &argon2, arena))).collect();
        let counts = working.into_iter().map(|thread| thread.join().map_err(|_| Failure::Panicked)?);
        counts.collect::<Result<Vec<u32>, Failure>>()
    })?;
    let checks = f64::from(counts.iter().sum::<u32>());
    let took = begun.elapsed();
    Ok(Reference { per_s: checks / took.as_secs_f64(), cpu_ms: (cpu_time()? - cpu) * 1e3 / checks })
}

fn check_until(end: Instant, argon2: &Argon2<'_>, arena: &mut [Block]) -> Result<u32, Failure> {
    let mut count = 0;
    while now() < end {
        check(argon2, arena)?;
        count += 1;
    }
    Ok(count)
}

fn check(argon2: &Argon2<'_>, arena: &mut [Block]) -> Result<(), Failure> {
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    argon2
        .hash_password_into_with_memory(b"seven green kettles", &[7; 16], &mut output, arena)
        .map_err(Failure::Hash)?;
    // Nothing is left out because nobody looks at it.
    std::hint::black_box(output);
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the time is what is measured")]
fn now() -> Instant {
    Instant::now()
}

/// Processor time of this process in seconds, as Linux tells it in hundredths.
fn cpu_time() -> Result<f64, Failure> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The name, in parentheses, may have blanks in it.
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace();
    let ticks = fields.skip(11).take(2).filter_map(|field| field.parse::<f64>().ok());
    Ok(ticks.sum::<f64>() / 100.0)
}
