//! The figures for people.

use std::fmt::Write;

use super::{super::Figures, Level, Run, Server};

impl Figures for Server {
    fn table(&self) -> String {
        let mut table = format!(
            "bare argon2: {:.1} /s on all processors, {:.2} ms of processor time each; alone {:.1} /s, {:.2} ms\n",
            self.reference.per_s, self.reference.cpu_ms, self.reference_alone.per_s, self.reference_alone.cpu_ms
        );
        for run in &self.runs {
            row(&mut table, run);
        }
        if let Some(growth) = self.growth_p99_ratio {
            let _ =
                writeln!(table, "the slowest requests with the most accounts, by those with the fewest: {growth:.2}");
        }
        table.trim_end().to_owned()
    }
}

fn row(table: &mut String, run: &Run) {
    let Run { engine, accounts, servers, .. } = run;
    let _ = writeln!(table, "\n{engine:?}, {accounts} accounts, {servers} server(s)");
    let _ = writeln!(
        table,
        "  started in {:.0} ms; memory {:.1} MB idle, {:.1} MB at the most; database {:.1} MB",
        run.start_ms, run.idle_rss_mb, run.loaded_rss_mb, run.database_mb
    );
    if let Some(statements) = run.statements {
        let _ = writeln!(table, "  {statements:.1} statements for a sign-in");
    }
    let _ = writeln!(
        table,
        "  without the hash {:.2} ms of processor time for a sign-in: {:.3} of a bare one",
        run.cpu_ms, run.cpu_overhead
    );
    for (hash, levels) in [("trivial", &run.trivial_hash), ("default", &run.default_hash)] {
        let _ = writeln!(
            table,
            "  {hash:<8} {:>8} {:>8} {:>8} {:>8} {:>8}   p50/p99 of account, credentials, code, token, me",
            "at once", "per s", "cpu ms", "p50 ms", "p99 ms"
        );
        for Level { at_once, cpu_ms, found } in levels {
            let _ = write!(
                table,
                "  {:<8} {at_once:>8} {:>8.1} {cpu_ms:>8.2} {:>8.1} {:>8.1}  ",
                "", found.per_s, found.all.p50_ms, found.all.p99_ms
            );
            for step in ["account", "credentials", "code", "token", "me"] {
                if let Some(latency) = found.steps.get(step) {
                    let _ = write!(table, " {:.1}/{:.1}", latency.p50_ms, latency.p99_ms);
                }
            }
            let _ = match &found.failure {
                Some(failure) => writeln!(table, "; {} failed, the first with: {failure}", found.failed),
                None => writeln!(table),
            };
        }
    }
}
