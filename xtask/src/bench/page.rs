//! How soon the page can be used, beside a form of plain HTML, and how long a whole sign-in has people wait, beside the
//! same sign-in as server-rendered forms. Both sides are measured in one run, by `tests/bench`.

mod picture;
mod table;

use std::{fs, io, process::Command};

use serde::{Deserialize, Serialize};

use super::statistics::median;
use crate::{
    command::{Failure, run, say},
    place, server, tools,
};

/// What is measured, and what it is measured by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Side {
    Page,
    Form,
}

/// A slow phone on a slow network, or neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Profile {
    Phone,
    Desktop,
}

/// As `tests/bench` writes it.
#[derive(Debug, Deserialize)]
struct Samples {
    loads: Vec<Load>,
    walks: Vec<Walk>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Load {
    side: Side,
    profile: Profile,
    is_repeat: bool,
    input: f64,
    usable: f64,
    bytes: f64,
    requests: f64,
    shift: f64,
    blocked: f64,
}

#[derive(Debug, Deserialize)]
struct Walk {
    side: Side,
    waits: Vec<f64>,
    shift: f64,
    longest: f64,
}

/// The middle of some runs, and how far they lie apart.
#[derive(Clone, Copy, Debug, Serialize)]
struct Spread {
    median: f64,
    min: f64,
    max: f64,
}

impl Spread {
    fn of(values: &[f64]) -> Self {
        let (min, max) = values
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(min, max), value| (min.min(*value), max.max(*value)));
        let round = |value: f64| (value * 10.0).round() / 10.0;
        Self { median: round(median(values)), min: round(min), max: round(max) }
    }
}

/// One side, with one profile, for the first time or again.
#[derive(Debug, Serialize)]
struct Visit {
    side: Side,
    profile: Profile,
    is_repeat: bool,
    input_ms: Spread,
    usable_ms: Spread,
    bytes: Spread,
    requests: Spread,
    blocked_ms: Spread,
}

/// A whole sign-in.
#[derive(Debug, Serialize)]
struct SignIn {
    side: Side,
    wait_ms: Spread,
    /// After the address, the name, the password and the code.
    waits_ms: Vec<Spread>,
}

/// What was found: on the slow phone, if nothing else is said.
#[derive(Debug, Serialize)]
pub(super) struct Page {
    input_ratio: f64,
    usable_ratio: f64,
    repeat_ratio: f64,
    cold_bytes: f64,
    repeat_bytes: f64,
    signin_wait_ratio: f64,
    /// The most of any visit or sign-in, with every profile.
    cls: f64,
    blocked_ms: f64,
    /// The longest task between two screens, 0 where none took more than 50 ms.
    longest_task_ms: f64,
    runs: usize,
    visits: Vec<Visit>,
    sign_ins: Vec<SignIn>,
}

pub(super) fn measure(runs: usize, picture: bool) -> Result<Page, Failure> {
    server::build()?;
    // With the same features, so that the server is not compiled again.
    run(Command::new("cargo")
        .args(["build", "--release", "--package", "vestibule-forms", "--features", "vestibule-server/page"])
        .current_dir(place::root()))?;
    tools::for_browser_tests()?;
    let folder = place::target().join("bench");
    fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
    say(&format!("{runs} visits and sign-ins of each kind (a minute for each)"));
    let mut command = Command::new("npx");
    command
        .args(["playwright", "test", "--project=bench", "page.spec.ts", "lighthouse.spec.ts"])
        .env("BENCH_INTO", &folder)
        .env("BENCH_RUNS", runs.to_string())
        // The standard output is for the figures.
        .stdout(io::stderr())
        .current_dir(place::tests());
    if let Some(chromium) = tools::chromium()? {
        command.env("E2E_CHROMIUM", chromium);
    }
    run(&mut command)?;
    let file = folder.join("samples.json");
    let text = fs::read_to_string(&file).map_err(Failure::file(&file))?;
    let samples: Samples =
        serde_json::from_str(&text).map_err(|error| Failure::Unreadable { path: file, reason: error.to_string() })?;
    let page = Page::of(&samples, runs);
    let text = serde_json::to_string_pretty(&page).map_err(|error| Failure::Bench(error.to_string()))?;
    let mut files = vec![(folder.join("page.json"), text)];
    if picture {
        files.push((place::root().join("docs").join("bench-page.svg"), picture::draw(&page)));
    }
    for (path, text) in files {
        fs::write(&path, text).map_err(Failure::file(&path))?;
    }
    Ok(page)
}

impl Page {
    fn of(samples: &Samples, runs: usize) -> Self {
        let mut visits = Vec::new();
        for profile in [Profile::Phone, Profile::Desktop] {
            for is_repeat in [false, true] {
                for side in [Side::Page, Side::Form] {
                    visits.push(Visit::of(&samples.loads, side, profile, is_repeat));
                }
            }
        }
        let sign_ins: Vec<SignIn> = [Side::Page, Side::Form].map(|side| SignIn::of(&samples.walks, side)).into();
        let loads = samples.loads.iter().filter(|load| load.side == Side::Page);
        let walks = || samples.walks.iter().filter(|walk| walk.side == Side::Page);
        let ratio = |one: f64, other: f64| (one / other * 1000.0).round() / 1000.0;
        let on_phone = |side, is_repeat| Visit::of(&samples.loads, side, Profile::Phone, is_repeat);
        let (cold, form) = (on_phone(Side::Page, false), on_phone(Side::Form, false));
        let (again, form_again) = (on_phone(Side::Page, true), on_phone(Side::Form, true));
        Self {
            input_ratio: ratio(cold.input_ms.median, form.input_ms.median),
            usable_ratio: ratio(cold.usable_ms.median, form.usable_ms.median),
            repeat_ratio: ratio(again.usable_ms.median, form_again.usable_ms.median),
            cold_bytes: cold.bytes.median,
            repeat_bytes: again.bytes.median,
            signin_wait_ratio: ratio(sign_ins[0].wait_ms.median, sign_ins[1].wait_ms.median),
            cls: loads.map(|load| load.shift).chain(walks().map(|walk| walk.shift)).fold(0.0, f64::max),
            blocked_ms: cold.blocked_ms.median,
            longest_task_ms: walks().map(|walk| walk.longest).fold(0.0, f64::max),
            runs,
            visits,
            sign_ins,
        }
    }

    /// The visit of this kind: every kind is there.
    fn visit(&self, side: Side, profile: Profile, is_repeat: bool) -> Option<&Visit> {
        let is_it = |visit: &&Visit| (visit.side, visit.profile, visit.is_repeat) == (side, profile, is_repeat);
        self.visits.iter().find(is_it)
    }
}

impl Visit {
    fn of(loads: &[Load], side: Side, profile: Profile, is_repeat: bool) -> Self {
        let is_it = |load: &&Load| (load.side, load.profile, load.is_repeat) == (side, profile, is_repeat);
        let spread = |pick: fn(&Load) -> f64| Spread::of(&loads.iter().filter(is_it).map(pick).collect::<Vec<_>>());
        Self {
            side,
            profile,
            is_repeat,
            input_ms: spread(|load| load.input),
            usable_ms: spread(|load| load.usable),
            bytes: spread(|load| load.bytes),
            requests: spread(|load| load.requests),
            blocked_ms: spread(|load| load.blocked),
        }
    }
}

impl SignIn {
    fn of(walks: &[Walk], side: Side) -> Self {
        let walks: Vec<&Walk> = walks.iter().filter(|walk| walk.side == side).collect();
        let sums: Vec<f64> = walks.iter().map(|walk| walk.waits.iter().sum()).collect();
        let steps = walks.first().map_or(0, |walk| walk.waits.len());
        let after = |step: usize| Spread::of(&walks.iter().map(|walk| walk.waits[step]).collect::<Vec<_>>());
        Self { side, wait_ms: Spread::of(&sums), waits_ms: (0..steps).map(after).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples() -> Samples {
        let mut loads = Vec::new();
        for (side, factor) in [("page", 2.0), ("form", 1.0)] {
            for profile in ["phone", "desktop"] {
                for (is_repeat, time) in [(false, 400.0), (true, 200.0)] {
                    for run in [0.0, 10.0, 5.0] {
                        loads.push(serde_json::json!({
                            "side": side, "profile": profile, "isRepeat": is_repeat, "input": time + run,
                            "usable": (time + run) * factor, "bytes": 1000.0 * factor, "requests": 3.0, "shift": 0.0,
                            "blocked": run,
                        }));
                    }
                }
            }
        }
        let walk = |side: &str, wait: f64| serde_json::json!({ "side": side, "waits": [wait, wait], "shift": 0.0, "longest": 0.0 });
        let walks = [walk("page", 100.0), walk("form", 400.0)];
        serde_json::from_value(serde_json::json!({ "loads": loads, "walks": walks })).unwrap()
    }

    #[test]
    fn ratios_are_of_the_medians_on_the_slow_phone() {
        let page = Page::of(&samples(), 3);
        let near = |value: f64, expected: f64| assert!((value - expected).abs() < 1e-3, "{value} is not {expected}");
        near(page.input_ratio, 1.0);
        near(page.usable_ratio, 2.0);
        near(page.repeat_ratio, 2.0);
        near(page.signin_wait_ratio, 0.25);
        near(page.cold_bytes, 2000.0);
        near(page.blocked_ms, 5.0);
        let desktop = page.visit(Side::Form, Profile::Desktop, true).unwrap();
        near(desktop.usable_ms.median, 205.0);
        near(desktop.usable_ms.max, 210.0);
    }

    #[test]
    fn the_picture_has_a_bar_for_every_figure_and_both_schemes() {
        let svg = picture::draw(&Page::of(&samples(), 3));
        assert_eq!(svg.matches("<rect ").count(), 7, "{svg}");
        assert!(svg.contains("prefers-color-scheme: dark") && svg.contains("810 ms"), "{svg}");
    }
}
