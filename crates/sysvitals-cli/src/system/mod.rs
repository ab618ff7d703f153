//! The figures of the machine: a command reads a report and shows it, once or again and again.

use std::ffi::OsStr;
use std::time::Duration;

use anstyle::Style;
use clap::Args;
use serde_json::Value as Json;

use crate::cli::WatchArgs;
use crate::error::{Exit, Result, complain, exit_of};
use crate::table::{COOL, DIM, HOT, PLAIN, Span, WARM};
use crate::terminal::{self, Output, Size};
use crate::{json, text};

pub(crate) mod cpu;
pub(crate) mod df;
pub(crate) mod free;
pub(crate) mod ifconfig;
pub(crate) mod iostat;
pub(crate) mod netstat;
pub(crate) mod sensors;
pub(crate) mod uptime;
pub(crate) mod who;

#[derive(Args)]
struct ShowArgs {
    #[command(flatten)]
    watch: WatchArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// How a report is to look.
#[derive(Clone, Copy)]
struct Look {
    /// Columns of the terminal.
    fit: Option<usize>,
    /// Sizes in bytes, not with units.
    bytes: bool,
}

impl Look {
    fn size(self, value: u64) -> Vec<Span> {
        number(if self.bytes { value.to_string() } else { text::bytes(value as f64) })
    }
}

/// What a command tells of the machine.
trait Report {
    fn text(&self, look: Look) -> String;
    fn json(&self) -> Json;
    /// What could not be read.
    fn faults(&self) -> Vec<Fault> {
        Vec::new()
    }
}

/// A line for the error stream, and what it does to the exit code.
struct Fault {
    exit: Exit,
    message: String,
}

impl Fault {
    fn of(error: &sysvitals::Error) -> Self {
        Self { exit: exit_of(error), message: text::printable(&error.to_string()) }
    }

    fn warning(message: String) -> Self {
        Self { exit: Exit::Done, message }
    }
}

/// Shows once after `first`, or as often as `--watch` says.
fn show<R: Report>(
    args: &ShowArgs,
    bytes: bool,
    output: Output,
    first: Duration,
    mut read: impl FnMut() -> Result<R>,
) -> Result<Exit> {
    let look = || Look { fit: output.size().map(|size| size.columns), bytes };
    let print = |report: &R, gap: &str| -> Result<()> {
        if args.json {
            terminal::write(&json::print(&report.json(), args.watch.watch().is_none()))?;
        } else {
            output.print(&format!("{gap}{}", report.text(look())))?;
        }
        report.faults().iter().for_each(|fault| complain(&fault.message));
        Ok(())
    };
    let Some(watch) = args.watch.watch() else {
        std::thread::sleep(first);
        let report = read()?;
        print(&report, "")?;
        return Ok(worst(&report));
    };
    let full_screen = !args.json && output.is_terminal();
    let mut exit = Exit::Done;
    let mut gap = "";
    terminal::repeat(watch, first, full_screen, |screen| {
        let report = read()?;
        exit = exit.max(worst(&report));
        match screen {
            Some(screen) => screen.draw(output, &frame(&report, look(), output, watch.period)),
            None => print(&report, std::mem::replace(&mut gap, "\n")),
        }
    })?;
    Ok(exit)
}

fn worst(report: &impl Report) -> Exit {
    report.faults().iter().map(|fault| fault.exit).max().unwrap_or(Exit::Done)
}

/// A screen of `--watch`; no more lines than it has.
fn frame(report: &impl Report, look: Look, output: Output, period: Duration) -> String {
    let Size { columns, rows } = output.size().unwrap_or(Size { columns: 80, rows: 24 });
    let now = text::clock(crate::ps::now());
    let title = format!("{now} · every {} s · q quits", period.as_secs_f64());
    let mut page = line(DIM, &title, columns) + &report.text(look);
    for fault in report.faults() {
        page += &line(WARM, &fault.message, columns);
    }
    let count = page.lines().count();
    if count > rows {
        let kept = rows.saturating_sub(1);
        page = page.lines().take(kept).map(|text| format!("{text}\n")).collect();
        page += &line(DIM, &format!("… {} more lines", count - kept), columns);
    }
    page
}

/// A line of its own, cut at the terminal's width.
fn line(style: Style, words: &str, columns: usize) -> String {
    format!("{style}{}{style:#}\n", text::clip(words, columns))
}

fn cell(style: Style, text: impl Into<String>) -> Vec<Span> {
    vec![Span(style, text.into())]
}

/// What there is none of.
fn none() -> Vec<Span> {
    cell(DIM, "-")
}

/// Nothing steps back.
fn number(value: impl ToString) -> Vec<Span> {
    let text = value.to_string();
    let style = if matches!(text.as_str(), "0" | "0.0") { DIM } else { PLAIN };
    cell(style, text)
}

/// How full or hot something is.
fn level(percent: f64) -> Vec<Span> {
    match percent {
        percent if percent >= 90.0 => cell(HOT, format!("{percent:.1}")),
        percent if percent >= 75.0 => cell(WARM, format!("{percent:.1}")),
        percent => number(format!("{percent:.1}")),
    }
}

fn name(text: impl AsRef<OsStr>) -> Vec<Span> {
    cell(COOL, text::printable_os(text.as_ref()))
}

fn words(text: impl AsRef<OsStr>) -> Vec<Span> {
    match text::printable_os(text.as_ref()) {
        text if text.is_empty() => none(),
        text => cell(PLAIN, text),
    }
}
