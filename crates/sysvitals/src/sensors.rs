//! Temperatures, fans, the battery.

use std::ffi::OsString;

use crate::env::Roots;
use crate::error::Result;
use crate::record::record;
use crate::sys;

record! {
    /// A temperature, degrees Celsius.
    pub struct Temperature = "shwtemp" {
        /// What it is the temperature of; often empty.
        label: OsString,
        /// Now.
        current: Option<f64>,
        /// High; where the kernel tells only `critical`, the same.
        high: Option<f64>,
        /// Critical; where the kernel tells only `high`, the same.
        critical: Option<f64>,
    }
}

impl Temperature {
    /// The same in degrees Fahrenheit.
    #[must_use]
    pub fn to_fahrenheit(&self) -> Self {
        let convert = |celsius: Option<f64>| celsius.map(|c| c * 9.0 / 5.0 + 32.0);
        Self {
            label: self.label.clone(),
            current: convert(self.current),
            high: convert(self.high),
            critical: convert(self.critical),
        }
    }
}

record! {
    /// A fan.
    pub struct Fan = "sfan" {
        /// Which; often empty.
        label: OsString,
        /// Turns a minute.
        current: i64,
    }
}

record! {
    /// A battery.
    #[derive(Copy)]
    pub struct Battery = "sbattery" {
        /// Charge, percent, not rounded; can exceed 100.
        percent: f64,
        /// Time left.
        secsleft: BatteryTime,
        /// Whether the power cable is in; None where it cannot be told.
        power_plugged: Option<bool>,
    }
}

/// A battery's time left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BatteryTime {
    /// Seconds.
    Seconds(i64),
    /// `POWER_TIME_UNKNOWN`
    Unknown,
    /// `POWER_TIME_UNLIMITED`: the power cable is in.
    Unlimited,
}

/// Temperatures by chip, degrees Celsius.
///
/// Reads: `/sys/class/hwmon/hwmon*`, and what it does not show of
/// `/sys/devices/platform/coretemp.*`; `/sys/class/thermal/thermal_zone*` where the former have
/// none. Which sensors there are is looked up again only when chips, thermal zones or the CPUs
/// online have changed. A sensor that cannot be read is left out; the others stay.
///
/// # Errors
/// [`Os`](crate::ErrorKind::Os) where folders are there and cannot be listed.
///
/// # References
/// [hwmon](https://docs.kernel.org/hwmon/sysfs-interface.html)
pub fn sensors_temperatures() -> Result<Vec<(OsString, Vec<Temperature>)>> {
    Roots::default().sensors_temperatures()
}

/// Fans by chip.
///
/// Reads: `/sys/class/hwmon/hwmon*/fan*_input`. A fan that cannot be read is left out.
///
/// # Errors
/// As [`sensors_temperatures`].
///
/// # References
/// [hwmon](https://docs.kernel.org/hwmon/sysfs-interface.html)
pub fn sensors_fans() -> Result<Vec<(OsString, Vec<Fan>)>> {
    Roots::default().sensors_fans()
}

/// The first battery; None without one.
///
/// Reads: `/sys/class/power_supply`.
///
/// # Errors
/// [`Os`](crate::ErrorKind::Os) where the folder is there and cannot be listed.
///
/// # References
/// [power supply class](https://docs.kernel.org/power/power_supply_class.html)
pub fn sensors_battery() -> Result<Option<Battery>> {
    Roots::default().sensors_battery()
}

impl Roots {
    /// [`sensors_temperatures`] of these roots.
    ///
    /// # Errors
    /// As [`sensors_temperatures`].
    pub fn sensors_temperatures(&self) -> Result<Vec<(OsString, Vec<Temperature>)>> {
        sys::sensors::temperatures(self)
    }

    /// [`sensors_fans`] of these roots.
    ///
    /// # Errors
    /// As [`sensors_temperatures`].
    pub fn sensors_fans(&self) -> Result<Vec<(OsString, Vec<Fan>)>> {
        sys::sensors::fans(self)
    }

    /// [`sensors_battery`] of these roots.
    ///
    /// # Errors
    /// As [`sensors_battery`].
    pub fn sensors_battery(&self) -> Result<Option<Battery>> {
        sys::sensors::battery(self)
    }
}
