//! `sysvitals df`: how full file systems are.

use std::time::Duration;

use clap::Args;
use serde_json::Value as Json;
use sysvitals::disk::{DiskPartition, DiskUsage};
use sysvitals::{Roots, disk_usage_timeout};

use super::{Fault, Look, Report, ShowArgs, level, name, none, show, words};
use crate::cli;
use crate::error::{Exit, Result};
use crate::json::Object;
use crate::table::{self, Head, Line};
use crate::terminal::Output;

#[derive(Args)]
pub(crate) struct DfArgs {
    /// Show file systems without a device too
    #[arg(long, short)]
    all: bool,
    /// Wait for each file system up to so many seconds
    #[arg(long, value_name = "SECONDS", default_value = "2", value_parser = cli::period)]
    timeout: Duration,
    /// Show sizes in bytes
    #[arg(long, short)]
    bytes: bool,
    #[command(flatten)]
    show: ShowArgs,
}

struct FileSystems(Vec<(DiskPartition, sysvitals::Result<DiskUsage>)>);

pub(crate) fn run(args: &DfArgs, roots: &Roots, output: Output) -> Result<Exit> {
    show(&args.show, args.bytes, output, Duration::ZERO, || {
        let partitions = roots.disk_partitions(args.all)?.into_iter();
        let usage = |partition: DiskPartition| {
            let usage = disk_usage_timeout(&partition.mountpoint, args.timeout);
            (partition, usage)
        };
        Ok(FileSystems(partitions.map(usage).collect()))
    })
}

impl Report for FileSystems {
    fn text(&self, look: Look) -> String {
        let mut heads = vec![Head::text("DEVICE"), Head::text("TYPE")];
        heads.extend(["SIZE", "USED", "AVAIL", "USE%"].map(Head::number));
        heads.push(Head::text("MOUNT"));
        let lines = self.0.iter().map(|(partition, usage)| {
            let mut line = vec![words(&partition.device), words(&partition.fstype)];
            line.extend(match usage {
                Ok(usage) => [
                    look.size(usage.total),
                    look.size(usage.used),
                    look.size(usage.free),
                    level(usage.percent),
                ],
                Err(_) => [none(), none(), none(), none()],
            });
            line.push(name(&partition.mountpoint));
            Line(line)
        });
        table::draw(&heads, &lines.collect::<Vec<_>>(), look.fit)
    }

    fn json(&self) -> Json {
        let one = |(partition, usage): &(DiskPartition, sysvitals::Result<DiskUsage>)| {
            let mut object = Object::default();
            object.fields(partition);
            object.answer("disk_usage", usage.as_ref(), |encoder, usage| encoder.record(usage));
            object.finish()
        };
        self.0.iter().map(one).collect()
    }

    fn faults(&self) -> Vec<Fault> {
        self.0.iter().filter_map(|(_, usage)| usage.as_ref().err().map(Fault::of)).collect()
    }
}
