//! The figures as a table.

use std::fmt::Write;

use super::{Page, Profile, Side, SignIn, Spread};
use crate::bench::Figures;

fn name(side: Side) -> &'static str {
    match side {
        Side::Page => "the page",
        Side::Form => "plain HTML",
    }
}

impl Figures for Page {
    fn table(&self) -> String {
        let mut table = format!("median (least to most) of {} runs\n", self.runs);
        let show = |Spread { median, min, max }: &Spread| format!("{median:.0} ({min:.0}–{max:.0})");
        let _ = writeln!(
            table,
            "{:<30} {:>20} {:>20} {:>24} {:>5} {:>16}",
            "", "field ms", "taken over ms", "bytes", "files", "blocked ms"
        );
        for visit in &self.visits {
            let profile = if visit.profile == Profile::Phone { "slow phone" } else { "desktop" };
            let kind = if visit.is_repeat { "again" } else { "first" };
            let _ = writeln!(
                table,
                "{:<30} {:>20} {:>20} {:>24} {:>5.0} {:>16}",
                format!("{profile}, {kind}, {}", name(visit.side)),
                show(&visit.input_ms),
                show(&visit.usable_ms),
                show(&visit.bytes),
                visit.requests.median,
                show(&visit.blocked_ms),
            );
        }
        for SignIn { side, wait_ms, waits_ms } in &self.sign_ins {
            let waits = waits_ms.iter().map(show).collect::<Vec<_>>().join(", ");
            let _ = writeln!(table, "waiting in a sign-in, {:<10} {} ms: {waits}", name(*side), show(wait_ms));
        }
        let _ = write!(
            table,
            "to plain HTML: field {:.2}, taken over {:.2}, again {:.2}, waiting {:.2}; {:.0} and {:.0} bytes; \
             shift {:.3}, blocked {:.0} ms, longest task between screens {:.0} ms",
            self.input_ratio,
            self.usable_ratio,
            self.repeat_ratio,
            self.signin_wait_ratio,
            self.cold_bytes,
            self.repeat_bytes,
            self.cls,
            self.blocked_ms,
            self.longest_task_ms,
        );
        table
    }
}
