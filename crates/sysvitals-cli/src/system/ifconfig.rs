//! `sysvitals ifconfig`: network interfaces.

use std::ffi::{OsStr, OsString};
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use clap::Args;
use serde_json::Value as Json;
use sysvitals::net::{AddressFamily, NetIoCounters, NicAddress, NicStats};
use sysvitals::{Roots, net_if_addrs, net_if_stats};

use super::{Look, Report, ShowArgs, cell, name, none, number, show, words};
use crate::error::{Exit, Result};
use crate::json::Object;
use crate::table::{self, DIM, Head, LIVELY, Line};
use crate::terminal::Output;

#[derive(Args)]
pub(crate) struct IfconfigArgs {
    /// Show sizes in bytes
    #[arg(long, short)]
    bytes: bool,
    #[command(flatten)]
    show: ShowArgs,
}

struct Interfaces {
    stats: Vec<(OsString, NicStats)>,
    addresses: Vec<(OsString, Vec<NicAddress>)>,
    counters: Vec<(OsString, NetIoCounters)>,
}

pub(crate) fn run(args: &IfconfigArgs, roots: &Roots, output: Output) -> Result<Exit> {
    // The kernel tells of this machine only, whatever is mounted elsewhere.
    let here = roots.proc() == Path::new("/proc");
    show(&args.show, args.bytes, output, Duration::ZERO, || {
        Ok(Interfaces {
            stats: if here { net_if_stats()? } else { Vec::new() },
            addresses: if here { net_if_addrs()? } else { Vec::new() },
            counters: roots.net_io_counters_pernic(true)?,
        })
    })
}

fn of<'a, T>(list: &'a [(OsString, T)], name: &OsStr) -> Option<&'a T> {
    list.iter().find(|(other, _)| other == name).map(|(_, value)| value)
}

/// `192.0.2.1/24`, where the mask is one of leading ones.
fn with_prefix(address: &NicAddress) -> Option<String> {
    let text = address.address.as_ref()?;
    let ones = |mask: &String| {
        let (bits, width) = match mask.parse().ok()? {
            IpAddr::V4(mask) => (u128::from(mask.to_bits()) << 96, 32),
            IpAddr::V6(mask) => (mask.to_bits(), 128),
        };
        let ones = bits.leading_ones();
        (bits.count_ones() == ones && ones <= width).then_some(ones)
    };
    Some(match address.netmask.as_ref().and_then(ones) {
        Some(prefix) => format!("{text}/{prefix}"),
        None => text.clone(),
    })
}

impl Interfaces {
    /// Each interface once.
    fn names(&self) -> Vec<&OsStr> {
        let mut names: Vec<&OsStr> = self.stats.iter().map(|(name, _)| name.as_os_str()).collect();
        for (name, _) in &self.counters {
            if !names.contains(&name.as_os_str()) {
                names.push(name);
            }
        }
        names
    }

    fn line(&self, nic: &OsStr, look: Look) -> Line {
        let stats = of(&self.stats, nic);
        let counters = of(&self.counters, nic);
        let addresses = of(&self.addresses, nic).map(Vec::as_slice).unwrap_or_default();
        let (hardware, others): (Vec<_>, Vec<_>) =
            addresses.iter().partition(|address| address.family == AddressFamily::Packet);
        let mac = hardware.first().and_then(|address| address.address.as_ref());
        let others: Vec<String> = others.into_iter().filter_map(with_prefix).collect();
        Line(vec![
            name(nic),
            stats.map_or_else(none, |stats| match stats.isup {
                true => cell(LIVELY, "up"),
                false => cell(DIM, "down"),
            }),
            stats.map_or_else(none, |stats| number(stats.mtu)),
            stats.filter(|stats| stats.speed > 0).map_or_else(none, |stats| number(stats.speed)),
            mac.map_or_else(none, words),
            counters.map_or_else(none, |counters| look.size(counters.bytes_recv)),
            counters.map_or_else(none, |counters| look.size(counters.bytes_sent)),
            words(others.join(" ")),
        ])
    }
}

impl Report for Interfaces {
    fn text(&self, look: Look) -> String {
        let heads = [
            Head::text("INTERFACE"),
            Head::text("STATE"),
            Head::number("MTU"),
            Head::number("MBIT/S"),
            Head::text("MAC"),
            Head::number("RX"),
            Head::number("TX"),
            Head::text("ADDRESSES"),
        ];
        let lines: Vec<Line> = self.names().into_iter().map(|name| self.line(name, look)).collect();
        table::draw(&heads, &lines, look.fit)
    }

    fn json(&self) -> Json {
        let mut object = Object::default();
        object.answer("net_if_stats", Ok(&self.stats), |encoder, list| encoder.by_name(list));
        object.answer("net_if_addrs", Ok(&self.addresses), |encoder, list| {
            encoder.lists_by_name(list)
        });
        object.answer("net_io_counters", Ok(&self.counters), |encoder, list| encoder.by_name(list));
        object.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_become_prefixes() {
        let shown = |address: &str, netmask: Option<&str>| {
            with_prefix(&NicAddress {
                family: AddressFamily::Inet,
                address: Some(address.into()),
                netmask: netmask.map(Into::into),
                broadcast: None,
                ptp: None,
            })
        };
        assert_eq!(shown("192.0.2.1", Some("255.255.255.0")).unwrap(), "192.0.2.1/24");
        assert_eq!(shown("192.0.2.1", Some("0.0.0.0")).unwrap(), "192.0.2.1/0");
        assert_eq!(shown("192.0.2.1", Some("255.255.255.255")).unwrap(), "192.0.2.1/32");
        assert_eq!(shown("192.0.2.1", Some("255.0.255.0")).unwrap(), "192.0.2.1");
        assert_eq!(shown("192.0.2.1", Some("what?")).unwrap(), "192.0.2.1");
        assert_eq!(shown("192.0.2.1", None).unwrap(), "192.0.2.1");
        let mask = Some("ffff:ffff:ffff:ffff::");
        assert_eq!(shown("fe80::1%eth0", mask).unwrap(), "fe80::1%eth0/64");
        assert_eq!(
            shown("::1", Some("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")).unwrap(),
            "::1/128"
        );
    }
}
