use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::env::Roots;
use crate::error::Result;
use crate::parse::text::{os_string, take_i64};
use crate::sensors::{Battery, BatteryTime, Fan, Temperature};
use crate::sys::file;

/// A file's text; None where it is not there or the driver refuses: `EIO`, `ENODATA`, `EAGAIN` are
/// how a sensor says that it has nothing to say.
fn text(path: &Path) -> Option<OsString> {
    file::read(path).ok().map(|text| os_string(text.trim_ascii()))
}

fn number(path: &Path) -> Option<i64> {
    match take_i64(file::read(path).ok()?.trim_ascii())? {
        (number, []) => Some(number),
        _ => None,
    }
}

/// The kernel's millidegrees.
fn degrees(path: &Path) -> Option<f64> {
    number(path).map(|millidegrees| millidegrees as f64 / 1000.0)
}

/// The names in a folder that begin so; none where there is no such folder.
fn names(folder: &Path, prefix: &str) -> Result<Vec<OsString>> {
    let mut names = match file::names(folder) {
        Err(error) if error.io_error().is_some_and(|e| e.kind() == io::ErrorKind::NotFound) => {
            return Ok(Vec::new());
        }
        names => names?,
    };
    names.retain(|name| name.as_bytes().starts_with(prefix.as_bytes()));
    Ok(names)
}

/// A chip's folder, and what its sensors of one kind are called: `temp1`, `temp2`.
struct Chip {
    folder: PathBuf,
    sensors: BTreeSet<OsString>,
}

impl Chip {
    /// None without such a sensor. A folder that cannot be listed is a chip that went.
    fn new(folder: PathBuf, kind: &str) -> Option<Self> {
        let names = names(&folder, kind).ok()?;
        let base = |name: &OsString| {
            let end = name.as_bytes().iter().position(|&b| b == b'_')?;
            name.as_bytes().get(..end).map(os_string)
        };
        let sensors = names.iter().filter_map(base).collect::<BTreeSet<_>>();
        (!sensors.is_empty()).then_some(Self { folder, sensors })
    }

    fn name(&self) -> Option<OsString> {
        text(&self.folder.join("name"))
    }

    fn file(&self, sensor: &OsStr, what: &str) -> PathBuf {
        let mut name = sensor.to_owned();
        name.push(what);
        self.folder.join(name)
    }

    fn label(&self, sensor: &OsStr) -> OsString {
        text(&self.file(sensor, "_label")).unwrap_or_default()
    }
}

/// Adds a sensor to those of chips of the same name.
fn add<T>(chips: &mut Vec<(OsString, Vec<T>)>, name: OsString, sensor: T) {
    match chips.iter_mut().find(|(known, _)| *known == name) {
        Some((_, sensors)) => sensors.push(sensor),
        None => chips.push((name, vec![sensor])),
    }
}

pub(crate) fn temperatures(roots: &Roots) -> Result<Vec<(OsString, Vec<Temperature>)>> {
    let class = roots.sys().join("class/hwmon");
    let mut chips = Vec::new();
    for hwmon in names(&class, "hwmon")? {
        let folder = class.join(hwmon);
        // Before Linux 3.15 most drivers have their files in the device's folder.
        chips.extend(Chip::new(folder.join("device"), "temp"));
        chips.extend(Chip::new(folder, "temp"));
    }
    let has_class = !chips.is_empty();
    chips.extend(coretemp(roots, &chips)?);

    let mut found = Vec::new();
    for chip in &chips {
        let Some(name) = chip.name() else { continue };
        for sensor in &chip.sensors {
            if let Some(current) = degrees(&chip.file(sensor, "_input")) {
                let high = degrees(&chip.file(sensor, "_max"));
                let critical = degrees(&chip.file(sensor, "_crit"));
                let label = chip.label(sensor);
                add(&mut found, name.clone(), temperature(label, current, high, critical));
            }
        }
    }
    if !has_class && found.is_empty() {
        return thermal_zones(roots);
    }
    Ok(found)
}

/// The chips of the CPU that `/sys/class/hwmon` does not show.
fn coretemp(roots: &Roots, shown: &[Chip]) -> Result<Vec<Chip>> {
    let platform = roots.sys().join("devices/platform");
    let mut chips = Vec::new();
    for device in names(&platform, "coretemp.")? {
        let folder = platform.join(device).join("hwmon");
        for hwmon in names(&folder, "hwmon").unwrap_or_default() {
            if !shown.iter().any(|chip| chip.folder.ends_with(&hwmon)) {
                chips.extend(Chip::new(folder.join(hwmon), "temp"));
            }
        }
    }
    Ok(chips)
}

fn thermal_zones(roots: &Roots) -> Result<Vec<(OsString, Vec<Temperature>)>> {
    let class = roots.sys().join("class/thermal");
    let mut found = Vec::new();
    for zone in names(&class, "thermal_zone")? {
        let zone = class.join(zone);
        let (Some(current), Some(name)) = (degrees(&zone.join("temp")), text(&zone.join("type")))
        else {
            continue;
        };
        let (mut high, mut critical) = (None, None);
        for mut trip in names(&zone, "trip_point_").unwrap_or_default() {
            let Some(point) = trip.as_bytes().strip_suffix(b"_type").map(os_string) else {
                continue;
            };
            let limit = match text(&zone.join(&trip)) {
                Some(kind) if kind == "high" => &mut high,
                Some(kind) if kind == "critical" => &mut critical,
                _ => continue,
            };
            trip = point;
            trip.push("_temp");
            *limit = limit.or_else(|| degrees(&zone.join(trip)));
        }
        add(&mut found, name, temperature(OsString::new(), current, high, critical));
    }
    Ok(found)
}

/// Of the two limits, one that is missing or 0 takes the other's value.
fn temperature(
    label: OsString,
    current: f64,
    high: Option<f64>,
    critical: Option<f64>,
) -> Temperature {
    let told = |limit: Option<f64>| limit.filter(|&limit| limit != 0.0);
    Temperature {
        label,
        current: Some(current),
        high: told(high).or(told(critical)).or(high),
        critical: told(critical).or(told(high)).or(critical),
    }
}

pub(crate) fn fans(roots: &Roots) -> Result<Vec<(OsString, Vec<Fan>)>> {
    let class = roots.sys().join("class/hwmon");
    let folders = names(&class, "hwmon")?.into_iter().map(|hwmon| class.join(hwmon));
    let folders = folders.collect::<Vec<_>>();
    let mut chips = Vec::new();
    for folder in &folders {
        chips.extend(Chip::new(folder.clone(), "fan"));
    }
    if chips.is_empty() {
        chips.extend(folders.iter().filter_map(|folder| Chip::new(folder.join("device"), "fan")));
    }
    let mut found = Vec::new();
    for chip in &chips {
        let Some(name) = chip.name() else { continue };
        for sensor in &chip.sensors {
            if let Some(current) = number(&chip.file(sensor, "_input")) {
                add(&mut found, name.clone(), Fan { label: chip.label(sensor), current });
            }
        }
    }
    Ok(found)
}

pub(crate) fn battery(roots: &Roots) -> Result<Option<Battery>> {
    let class = roots.sys().join("class/power_supply");
    let is_battery = |name: &OsString| {
        let name = name.as_bytes();
        name.starts_with(b"BAT") || name.to_ascii_lowercase().windows(7).any(|w| w == b"battery")
    };
    let Some(name) = names(&class, "")?.into_iter().find(is_battery) else { return Ok(None) };
    let battery = class.join(name);
    // Drivers tell energy or charge, and the units cancel out.
    let either =
        |first, second| number(&battery.join(first)).or_else(|| number(&battery.join(second)));
    let now = either("energy_now", "charge_now");
    let full = either("energy_full", "charge_full");
    let power = either("power_now", "current_now");

    let percent = match (now, full) {
        (Some(_), Some(0)) => 0.0,
        (Some(now), Some(full)) => 100.0 * now as f64 / full as f64,
        _ => match number(&battery.join("capacity")) {
            None | Some(-1) => return Ok(None),
            Some(capacity) => capacity as f64,
        },
    };

    let online = |adapter: &str| number(&class.join(adapter).join("online"));
    let power_plugged = match online("AC0").or_else(|| online("AC")) {
        Some(online) => Some(online == 1),
        None => match text(&battery.join("status")).unwrap_or_default().to_ascii_lowercase() {
            status if status == "discharging" => Some(false),
            status if status == "charging" || status == "full" => Some(true),
            _ => None,
        },
    };

    let secsleft = if power_plugged == Some(true) {
        BatteryTime::Unlimited
    } else if let (Some(now), Some(power)) = (now, power) {
        match power.unsigned_abs() {
            0 => BatteryTime::Unknown,
            power => seconds((now as f64 / power as f64 * 3600.0) as i64),
        }
    } else if let Some(left) = number(&battery.join("time_to_empty_now")) {
        // The kernel documents seconds; psutil takes minutes, which drivers report.
        seconds(left.saturating_mul(60))
    } else {
        BatteryTime::Unknown
    };
    Ok(Some(Battery { percent, secsleft, power_plugged }))
}

fn seconds(left: i64) -> BatteryTime {
    if left < 0 { BatteryTime::Unknown } else { BatteryTime::Seconds(left) }
}
