use std::ffi::OsString;

use crate::env::Roots;
use crate::error::{Error, Result};
use crate::net::NetIoCounters;
use crate::parse;
use crate::sys::file;

pub(crate) fn io_counters(roots: &Roots, nowrap: bool) -> Result<Option<NetIoCounters>> {
    let total = io_counters_pernic(roots, nowrap)?
        .into_iter()
        .map(|(_, counters)| counters)
        .reduce(|sum, counters| NetIoCounters {
            bytes_sent: sum.bytes_sent.wrapping_add(counters.bytes_sent),
            bytes_recv: sum.bytes_recv.wrapping_add(counters.bytes_recv),
            packets_sent: sum.packets_sent.wrapping_add(counters.packets_sent),
            packets_recv: sum.packets_recv.wrapping_add(counters.packets_recv),
            errin: sum.errin.wrapping_add(counters.errin),
            errout: sum.errout.wrapping_add(counters.errout),
            dropin: sum.dropin.wrapping_add(counters.dropin),
            dropout: sum.dropout.wrapping_add(counters.dropout),
        });
    Ok(total)
}

pub(crate) fn io_counters_pernic(
    roots: &Roots,
    nowrap: bool,
) -> Result<Vec<(OsString, NetIoCounters)>> {
    let rows = if nowrap { roots.net_io().adjust(|| read(roots))? } else { read(roots)? };
    Ok(rows.into_iter().map(|(name, values)| (name, counters(values))).collect())
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
