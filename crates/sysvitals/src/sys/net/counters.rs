use std::ffi::OsString;

use crate::env::Roots;
use crate::error::{Error, Result};
use crate::net::NetIoCounters;
use crate::parse;
use crate::sys::{file, nowrap};

pub(crate) fn io_counters(roots: &Roots, nowrap: bool) -> Result<Option<NetIoCounters>> {
    Ok(nowrap::sum(rows(roots, nowrap)?.into_iter().map(|(_, values)| values)).map(counters))
}

pub(crate) fn io_counters_pernic(
    roots: &Roots,
    nowrap: bool,
) -> Result<Vec<(OsString, NetIoCounters)>> {
    Ok(rows(roots, nowrap)?.into_iter().map(|(name, values)| (name, counters(values))).collect())
}

fn rows(roots: &Roots, nowrap: bool) -> Result<Vec<(OsString, [u64; 8])>> {
    if nowrap { roots.net_io().adjust(|| read(roots)) } else { read(roots) }
}

fn read(roots: &Roots) -> Result<Vec<(OsString, [u64; 8])>> {
    let path = roots.proc().join("net/dev");
    let text = file::read_to_end(&path)?;
    let mut rows = Vec::new();
    parse::net_dev(&text, |row| {
        let [bytes_recv, packets_recv, errin, dropin] = row.received;
        let [bytes_sent, packets_sent, errout, dropout] = row.sent;
        rows.push((
            row.name,
            [bytes_sent, bytes_recv, packets_sent, packets_recv, errin, errout, dropin, dropout],
        ));
    })
    .map_err(|error| Error::parse(error, path))?;
    Ok(rows)
}

fn counters(values: [u64; 8]) -> NetIoCounters {
    let [bytes_sent, bytes_recv, packets_sent, packets_recv, errin, errout, dropin, dropout] =
        values;
    NetIoCounters {
        bytes_sent,
        bytes_recv,
        packets_sent,
        packets_recv,
        errin,
        errout,
        dropin,
        dropout,
    }
}
