//! `sysvitals iostat`: what disks read and write.

use std::ffi::OsString;
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::{Value as Json, json};
use sysvitals::Roots;
use sysvitals::disk::DiskIoCounters;
use sysvitals::record::{FieldValue, Record};

use super::{Look, Report, ShowArgs, level, name, none, number, show};
use crate::error::{Exit, Result};
use crate::json::Object;
use crate::table::{self, Head, Line, Span};
use crate::terminal::Output;
use crate::text;

#[derive(Args)]
pub(crate) struct IostatArgs {
    /// Show sizes in bytes
    #[arg(long, short)]
    bytes: bool,
    #[command(flatten)]
    show: ShowArgs,
}

type Disks = Vec<(OsString, DiskIoCounters)>;

struct Change {
    before: DiskIoCounters,
    now: DiskIoCounters,
    seconds: f64,
}

impl Change {
    /// How much a counter grew in a second.
    fn rate(&self, counter: impl Fn(&DiskIoCounters) -> u64) -> f64 {
        counter(&self.now).saturating_sub(counter(&self.before)) as f64 / self.seconds
    }
}

struct Activity {
    disks: Disks,
    /// Since the last round of `--watch`; none for a disk that is new.
    changes: Option<Vec<(OsString, Option<Change>)>>,
}

pub(crate) fn run(args: &IostatArgs, roots: &Roots, output: Output) -> Result<Exit> {
    let read = || roots.disk_io_counters_perdisk(true);
    let Some(watch) = args.show.watch.watch() else {
        return show(&args.show, args.bytes, output, Duration::ZERO, || {
            Ok(Activity { disks: read()?, changes: None })
        });
    };
    let mut last = (Instant::now(), read()?);
    show(&args.show, args.bytes, output, watch.period, || {
        let now = (Instant::now(), read()?);
        let seconds = now.0.duration_since(last.0).as_secs_f64().max(0.001);
        let changes = changes(&last.1, &now.1, seconds);
        last = now;
        Ok(Activity { disks: last.1.clone(), changes: Some(changes) })
    })
}

fn changes(before: &Disks, now: &Disks, seconds: f64) -> Vec<(OsString, Option<Change>)> {
    let change = |(name, now): &(OsString, DiskIoCounters)| {
        let before = before.iter().find(|(other, _)| other == name);
        (name.clone(), before.map(|(_, before)| Change { before: *before, now: *now, seconds }))
    };
    now.iter().map(change).collect()
}

fn totals(counters: &DiskIoCounters, look: Look) -> Vec<Vec<Span>> {
    vec![
        number(counters.read_count),
        number(counters.write_count),
        look.size(counters.read_bytes),
        look.size(counters.write_bytes),
        number(text::seconds(counters.busy_time as f64 / 1000.0)),
    ]
}

fn rates(change: &Change, look: Look) -> Vec<Vec<Span>> {
    vec![
        number(format!("{:.1}", change.rate(|disk| disk.read_count))),
        number(format!("{:.1}", change.rate(|disk| disk.write_count))),
        look.size(change.rate(|disk| disk.read_bytes) as u64),
        look.size(change.rate(|disk| disk.write_bytes) as u64),
        // Milliseconds a second.
        level((change.rate(|disk| disk.busy_time) / 10.0).min(100.0)),
    ]
}

impl Report for Activity {
    fn text(&self, look: Look) -> String {
        let titles = match self.changes {
            None => ["READS", "WRITES", "READ", "WRITTEN", "BUSY"],
            Some(_) => ["READS/S", "WRITES/S", "READ/S", "WRITTEN/S", "BUSY%"],
        };
        let mut heads = vec![Head::text("DISK")];
        heads.extend(titles.map(Head::number));
        let line = |disk: &OsString, cells| {
            let mut line = vec![name(disk)];
            line.extend::<Vec<_>>(cells);
            Line(line)
        };
        let lines: Vec<Line> = match &self.changes {
            None => self.disks.iter().map(|(disk, now)| line(disk, totals(now, look))).collect(),
            Some(changes) => changes
                .iter()
                .map(|(disk, change)| match change {
                    Some(change) => line(disk, rates(change, look)),
                    None => line(disk, vec![none(); titles.len()]),
                })
                .collect(),
        };
        table::draw(&heads, &lines, look.fit)
    }

    fn json(&self) -> Json {
        let mut object = Object::default();
        object.answer("disk_io_counters", Ok(&self.disks), |encoder, list| encoder.by_name(list));
        if let Some(changes) = &self.changes {
            object.answer("per_second", Ok(changes), |encoder, changes| {
                let entries = changes.iter().map(|(name, change)| {
                    (encoder.text(name), change.as_ref().map_or(Json::Null, per_second))
                });
                Json::Object(entries.collect())
            });
        }
        object.finish()
    }
}

/// Every counter's rate.
fn per_second(change: &Change) -> Json {
    let numbers = |record: &DiskIoCounters| -> Vec<u64> {
        let number = |value| if let FieldValue::Uint(value) = value { value } else { 0 };
        record.values().map(number).collect()
    };
    let pairs = numbers(&change.before).into_iter().zip(numbers(&change.now));
    let rates =
        pairs.map(|(before, now)| json!(now.saturating_sub(before) as f64 / change.seconds));
    let names = DiskIoCounters::FIELDS.iter().map(|name| (*name).to_owned());
    Json::Object(names.zip(rates).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_per_second_and_a_new_disk_has_none() {
        let counters = |reads: u64| DiskIoCounters { read_count: reads, ..Default::default() };
        let before = vec![("a".into(), counters(10))];
        let now = vec![("a".into(), counters(20)), ("b".into(), counters(5))];
        let changes = changes(&before, &now, 4.0);
        let change = changes[0].1.as_ref().unwrap();
        assert_eq!(change.rate(|disk| disk.read_count), 2.5);
        assert_eq!(per_second(change)["read_count"], 2.5);
        assert_eq!(per_second(change)["busy_time"], 0.0);
        assert!(changes[1].1.is_none());
    }
}
