//! `sysvitals cpu`: what each CPU is busy with.

use std::time::Duration;

use clap::Args;
use serde_json::Value as Json;
use sysvitals::Roots;
use sysvitals::cpu::{CpuFreq, CpuStats, CpuTimes};

use super::{Fault, Look, Report, ShowArgs, level, line, name, none, number, show};
use crate::cli;
use crate::error::{Exit, Result};
use crate::json::Object;
use crate::table::{self, DIM, Head, Line};
use crate::terminal::Output;

#[derive(Args)]
pub(crate) struct CpuArgs {
    /// Measure over this time; with --watch, the first round does
    #[arg(long, value_name = "SECONDS", default_value = "0.5", value_parser = cli::period)]
    interval: Duration,
    #[command(flatten)]
    show: ShowArgs,
}

/// Of all CPUs, and of each.
struct Use {
    percent: f64,
    percent_percpu: Vec<f64>,
    times: CpuTimes,
    times_percpu: Vec<CpuTimes>,
}

/// Since the last time of asking.
fn sample(roots: &Roots) -> sysvitals::Result<Use> {
    Ok(Use {
        percent: roots.cpu_percent(None)?,
        percent_percpu: roots.cpu_percent_percpu(None)?,
        times: roots.cpu_times_percent(None)?,
        times_percpu: roots.cpu_times_percent_percpu(None)?,
    })
}

struct Cpus {
    usage: Use,
    count: Option<usize>,
    cores: Option<usize>,
    stats: CpuStats,
    freq: sysvitals::Result<Option<CpuFreq>>,
    freq_percpu: sysvitals::Result<Vec<CpuFreq>>,
}

pub(crate) fn run(args: &CpuArgs, roots: &Roots, output: Output) -> Result<Exit> {
    sample(roots)?;
    show(&args.show, false, output, args.interval, || {
        Ok(Cpus {
            usage: sample(roots)?,
            count: roots.cpu_count(),
            cores: roots.cpu_count_cores(),
            stats: roots.cpu_stats()?,
            freq: roots.cpu_freq(),
            freq_percpu: roots.cpu_freq_percpu(),
        })
    })
}

fn row(label: &str, percent: f64, times: &CpuTimes, freq: Option<&CpuFreq>) -> Line {
    let share = |value: f64| number(format!("{value:.1}"));
    Line(vec![
        name(label),
        level(percent),
        share(times.user),
        share(times.system),
        share(times.nice),
        share(times.iowait),
        share(times.irq),
        share(times.softirq),
        share(times.steal),
        share(times.guest),
        share(times.idle),
        freq.map_or_else(none, |freq| number(format!("{:.0}", freq.current))),
    ])
}

impl Report for Cpus {
    fn text(&self, look: Look) -> String {
        let mut heads = vec![Head::text("CPU")];
        let shares = ["USER", "SYSTEM", "NICE", "IOWAIT", "IRQ", "SOFTIRQ", "STEAL", "GUEST"];
        heads.push(Head::number("%CPU"));
        heads.extend(shares.map(Head::number));
        heads.extend(["IDLE", "MHZ"].map(Head::number));
        let Use { percent, percent_percpu, times, times_percpu } = &self.usage;
        let mut lines =
            vec![row("all", *percent, times, self.freq.as_ref().ok().and_then(Option::as_ref))];
        let each = percent_percpu.iter().zip(times_percpu).enumerate();
        lines.extend(each.map(|(place, (percent, times))| {
            let freq = self.freq_percpu.as_ref().ok().and_then(|list| list.get(place));
            row(&place.to_string(), *percent, times, freq)
        }));
        let count = |count: Option<usize>| count.map_or("?".into(), |count| count.to_string());
        let footer = format!(
            "{} CPUs, {} cores; since boot {} context switches, {} interrupts, {} soft interrupts",
            count(self.count),
            count(self.cores),
            self.stats.ctx_switches,
            self.stats.interrupts,
            self.stats.soft_interrupts
        );
        table::draw(&heads, &lines, look.fit) + &line(DIM, &footer, look.fit.unwrap_or(usize::MAX))
    }

    fn json(&self) -> Json {
        let Use { percent, percent_percpu, times, times_percpu } = &self.usage;
        let mut object = Object::default();
        object.answer("cpu_percent", Ok(*percent), |_, percent| percent.into());
        object.answer("cpu_percent_percpu", Ok(percent_percpu), |_, list| list.clone().into());
        object.answer("cpu_times_percent", Ok(times), |encoder, times| encoder.record(times));
        object.answer("cpu_times_percent_percpu", Ok(times_percpu), |encoder, list| {
            encoder.records(list)
        });
        object.answer("cpu_count", Ok(self.count), |_, count| count.into());
        object.answer("cpu_count_cores", Ok(self.cores), |_, cores| cores.into());
        object.answer("cpu_stats", Ok(&self.stats), |encoder, stats| encoder.record(stats));
        object.answer("cpu_freq", self.freq.as_ref(), |encoder, freq| {
            freq.as_ref().map_or(Json::Null, |freq| encoder.record(freq))
        });
        object.answer("cpu_freq_percpu", self.freq_percpu.as_ref(), |encoder, list| {
            encoder.records(list)
        });
        object.finish()
    }

    fn faults(&self) -> Vec<Fault> {
        self.freq_percpu.as_ref().err().map(Fault::of).into_iter().collect()
    }
}
