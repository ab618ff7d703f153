//! The page of the documentation. Its structure is the same in every run, so that a difference
//! between two is one of figures.

use std::fmt::Write;
use std::time::Duration;

use crate::apis::{FLOOR, PROCFS, PSUTIL, PYTHON, RUST, Row, SYSINFO};
use crate::growth::Growth;
use crate::harness::Figures;
use crate::load::Size;
use crate::machine::Machine;
use crate::notes::{self, Figure, Goal};
use crate::svg;

pub struct Results {
    pub machine: Machine,
    pub quick: bool,
    pub size: Size,
    /// How many there were with the load.
    pub processes: usize,
    pub sweep: Option<Vec<Figures>>,
    pub import: Option<Vec<Figures>>,
    pub apis: Option<Vec<Row>>,
    pub growth: Option<Growth>,
    pub took: Duration,
}

pub fn page(results: &Results) -> String {
    let mut page = String::new();
    introduction(&mut page, results);
    summary(&mut page, results);
    if let Some(figures) = &results.sweep {
        sweep(&mut page, figures, results.processes);
    }
    if let Some(figures) = &results.import {
        import(&mut page, figures);
    }
    if let Some(growth) = &results.growth {
        grown(&mut page, growth);
    }
    if let Some(rows) = &results.apis {
        apis(&mut page, rows, results.size);
        slower(&mut page, rows);
    }
    page
}

fn introduction(page: &mut String, results: &Results) {
    let Size { sleepers, owners, mappings } = results.size;
    let _ = write!(
        page,
        "# Performance\n\n\
         `cargo xtask bench --write` measures this page and writes it; without `--write` it prints \
         it. psutil, sysvitals, the crates `procfs` and `sysinfo` and the kernel alone take turns \
         within one run. All times are wall-clock time; each time is the median of the rounds, and \
         each ratio the median of the ratios within the rounds. Python's garbage collector is off \
         while a call is timed, as in `timeit`. The *floor* opens, reads and closes the files that \
         hold the answer, or makes the same system call, and does nothing with the bytes.\n\n\
         The load is always the same: {sleepers} sleeping processes with command lines and \
         environments of their own, all children of one parent; {owners} of them have 50 sockets \
         each, {} together (listening, connected, UDP, UNIX); one has {mappings} mappings. With \
         it, {} processes were there.\n\n",
        results.size.sockets(),
        results.processes,
    );
    if results.quick {
        page.push_str(
            "**This is a quick run: fewer rounds and a smaller load. Its figures are rough.**\n\n",
        );
    }
    page.push_str("| | |\n|---|---|\n");
    for (name, value) in &results.machine.facts {
        let _ = writeln!(page, "| {name} | {value} |");
    }
    let _ = writeln!(page, "| The run took | {:.0} s |", results.took.as_secs_f64());
}

fn summary(page: &mut String, results: &Results) {
    page.push_str("\n## Summary\n\n| what | reached | goal | |\n|---|--:|--:|---|\n");
    for headline in notes::HEADLINES {
        let reached = figure(&headline.figure, results);
        let (goal, met) = match headline.goal {
            Goal::AtLeast(goal) => (format!("≥ {goal}"), reached.is_some_and(|r| r >= goal)),
            Goal::AtMost(goal) => (format!("≤ {goal}"), reached.is_some_and(|r| r <= goal)),
            Goal::Known => (String::new(), true),
        };
        let remark = match (met, headline.bound) {
            (true, _) => String::new(),
            (false, "") => "not reached".to_owned(),
            (false, bound) => format!("not reached: {bound}"),
        };
        let _ = writeln!(page, "| {} | {} | {goal} | {remark} |", headline.what, ratio(reached));
    }
}

fn figure(figure: &Figure, results: &Results) -> Option<f64> {
    let row = |name: &str| results.apis.as_ref()?.iter().find(|row| row.name == name);
    match *figure {
        Figure::Sweep(base, other) => {
            let figures = results.sweep.as_ref()?;
            find(figures, other)?.ratio_to(find(figures, base)?)
        }
        Figure::Api(name) => row(name)?.faster(),
        Figure::Import => {
            let figures = results.import.as_ref()?;
            find(figures, PSUTIL)?.ratio_to(find(figures, PYTHON)?)
        }
        Figure::GeometricMean => {
            let logs: Vec<f64> =
                results.apis.as_ref()?.iter().filter_map(Row::faster).map(f64::ln).collect();
            (!logs.is_empty()).then(|| (logs.iter().sum::<f64>() / logs.len() as f64).exp())
        }
        Figure::Growth(name) => {
            let points = svg::points(results.growth.as_ref()?, name);
            let (_, most) = *points.last()?;
            let (_, some) = *points.iter().find(|(processes, _)| *processes >= 1000.0)?;
            Some(most / some)
        }
        Figure::Peak(name) => {
            let peaks = &results.growth.as_ref()?.peaks;
            Some(peaks.iter().find(|peak| peak.name == name)?.peak as f64 / 1024.0)
        }
    }
}

fn find<'a>(figures: &'a [Figures], name: &str) -> Option<&'a Figures> {
    figures.iter().find(|figures| figures.name == name)
}

fn sweep(page: &mut String, figures: &[Figures], processes: usize) {
    let _ = write!(
        page,
        "\n## Twelve attributes of every process\n\n\
         pid, name, ppid, username, status, cpu_times, memory_info, io_counters, num_threads, nice, \
         create_time and cmdline of {processes} processes, each of them looked at: \
         `process_iter(attrs)` in Python, a kept `ProcessTable` in Rust. sysinfo has no nice value, \
         number of threads or shared memory, one sum of CPU times, and bytes of I/O alone; procfs \
         and sysinfo are spared reading the user database.\n\n\
         | | a pass | quartiles | a process | × floor | ÷ psutil |\n|---|--:|--:|--:|--:|--:|\n",
    );
    for figure in figures {
        let quartiles = figure.quartiles().map_or("–".into(), |(low, high)| {
            format!("{} – {}", time(Some(low)), time(Some(high)))
        });
        let to = |name| find(figures, name).and_then(|other| figure.ratio_to(other));
        let _ = writeln!(
            page,
            "| {} | {} | {quartiles} | {} | {} | {} |",
            figure.name,
            median(Some(figure)),
            time(figure.median().map(|nanos| nanos / processes as f64)),
            ratio(to(FLOOR)),
            ratio(to(PSUTIL)),
        );
    }
}

fn import(page: &mut String, figures: &[Figures]) {
    page.push_str("\n## Import\n\nIn a new interpreter each time.\n\n| | time |\n|---|--:|\n");
    for figure in figures {
        let _ = writeln!(page, "| {} | {} |", figure.name, median(Some(figure)));
    }
}

fn grown(page: &mut String, growth: &Growth) {
    page.push_str(
        "\n## Growth\n\n\
         The same twelve attributes among more and more processes: microseconds for each process.\n\n\
         ![Microseconds for each process, by the number of processes](growth.svg)\n\n\
         | processes |",
    );
    for name in svg::LINES {
        let _ = write!(page, " {name} |");
    }
    let _ = writeln!(page, "\n|--:|{}", "--:|".repeat(svg::LINES.len()));
    for (index, point) in growth.points.iter().enumerate() {
        let _ = write!(page, "| {} |", point.processes);
        for name in svg::LINES {
            let value = svg::points(growth, name).get(index).map(|(_, micros)| micros * 1e3);
            let _ = write!(page, " {} |", time(value));
        }
        page.push('\n');
    }
    page.push_str(
        "\n## Memory\n\n\
         One pass over the twelve attributes in a new process: its peak of resident memory, before \
         the pass and after it, and the descriptors that it left open.\n\n\
         | | processes | before | peak | descriptors left |\n|---|--:|--:|--:|--:|\n",
    );
    for peak in &growth.peaks {
        let mebibytes = |kibibytes: usize| kibibytes as f64 / 1024.0;
        let _ = writeln!(
            page,
            "| {} | {} | {:.1} MiB | {:.1} MiB | {} |",
            peak.name,
            peak.processes,
            mebibytes(peak.before),
            mebibytes(peak.peak),
            peak.descriptors,
        );
    }
}

fn apis(page: &mut String, rows: &[Row], size: Size) {
    let _ = write!(
        page,
        "\n## Every API\n\n\
         A call, on a process with 4 threads, 3 files, 5 sockets and 32 MiB; *of many* is on the \
         parent of {} processes, on the process with {} mappings, or on one with 50 sockets. \
         `wait_procs()` waits for {} children, and setters set what is set already. \
         What a `Process` keeps (`exe`, `create_time`) is read in the rows *new Process*. *Faster* \
         is how many times as long psutil takes as sysvitals in Python; the last three columns are \
         sysvitals in Rust as a multiple of the floor, and the crates as multiples of it.\n\n\
         | API | psutil | sysvitals, Python | faster | sysvitals, Rust | × floor | procfs | sysinfo |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|\n",
        size.sleepers, size.mappings, size.sleepers,
    );
    for row in rows {
        let rust = row.find(RUST);
        let times = |a: Option<&Figures>, b: Option<&Figures>| {
            ratio(a.zip(b).and_then(|(a, b)| a.ratio_to(b)))
        };
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {} | {} | {} | {} | {} |",
            row.name,
            row.find(PSUTIL).map_or("–".into(), |figures| time(figures.median())),
            median(row.find(PYTHON)),
            ratio(row.faster()),
            median(rust),
            times(rust, row.find(FLOOR)),
            times(row.find(PROCFS), rust),
            times(row.find(SYSINFO), rust),
        );
    }
    page.push_str("\nWhere psutil 7.2 is not quite psutil 8.0:\n\n");
    for (name, what) in notes::DIFFERENT {
        let _ = writeln!(page, "- `{name}`: {what}");
    }
    page.push_str("\nWithout a row:\n\n");
    for (name, why) in notes::WITHOUT_ROW {
        let _ = writeln!(page, "- `{name}`: {why}");
    }
}

/// Less is not told apart from none.
const NOISE: f64 = 0.97;

fn slower(page: &mut String, rows: &[Row]) {
    page.push_str("\n## Slower than psutil\n\n");
    let mut none = true;
    for row in rows {
        let Some(faster) = row.faster().filter(|faster| *faster < NOISE) else { continue };
        let why = notes::SLOWER.iter().find(|(name, _)| *name == row.name);
        let why = why.map_or("**no reason is known**", |(_, why)| why);
        let _ = writeln!(page, "- `{}`, {faster:.2} times as fast: {why}", row.name);
        none = false;
    }
    if none {
        page.push_str("None.\n");
    }
}

fn median(figures: Option<&Figures>) -> String {
    match figures {
        Some(Figures { missing: Some(why), .. }) => {
            let why: String = why.chars().filter(|c| !"|\n".contains(*c)).take(60).collect();
            format!("missing: {why}")
        }
        Some(figures) => time(figures.median()),
        None => "–".to_owned(),
    }
}

fn time(nanos: Option<f64>) -> String {
    match nanos {
        None => "–".to_owned(),
        Some(nanos) if nanos < 1e3 => format!("{nanos:.0} ns"),
        Some(nanos) if nanos < 1e6 => format!("{} µs", digits(nanos / 1e3)),
        Some(nanos) if nanos < 1e9 => format!("{} ms", digits(nanos / 1e6)),
        Some(nanos) => format!("{} s", digits(nanos / 1e9)),
    }
}

fn ratio(value: Option<f64>) -> String {
    value.map_or("–".into(), digits)
}

/// Three digits that say something.
fn digits(value: f64) -> String {
    match value {
        value if value < 10.0 => format!("{value:.2}"),
        value if value < 100.0 => format!("{value:.1}"),
        value => format!("{value:.0}"),
    }
}
