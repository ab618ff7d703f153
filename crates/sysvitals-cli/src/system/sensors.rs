//! `sysvitals sensors`: temperatures, fans, the battery.

use std::ffi::OsString;
use std::time::Duration;

use clap::Args;
use serde_json::Value as Json;
use sysvitals::Roots;
use sysvitals::sensors::{Battery, BatteryTime, Fan, Temperature};

use super::{Fault, Look, Report, ShowArgs, cell, name, none, number, show, words};
use crate::error::{Exit, Result};
use crate::json::Object;
use crate::table::{self, HOT, Head, Line, PLAIN, Span, WARM};
use crate::terminal::Output;
use crate::text;

#[derive(Args)]
pub(crate) struct SensorsArgs {
    /// Show temperatures in degrees Fahrenheit
    #[arg(long, short)]
    fahrenheit: bool,
    #[command(flatten)]
    show: ShowArgs,
}

type ByChip<T> = sysvitals::Result<Vec<(OsString, Vec<T>)>>;

struct Sensors {
    temperatures: ByChip<Temperature>,
    fans: ByChip<Fan>,
    battery: sysvitals::Result<Option<Battery>>,
}

pub(crate) fn run(args: &SensorsArgs, roots: &Roots, output: Output) -> Result<Exit> {
    show(&args.show, false, output, Duration::ZERO, || {
        let mut temperatures = roots.sensors_temperatures();
        if let Ok(chips) = &mut temperatures
            && args.fahrenheit
        {
            for temperature in chips.iter_mut().flat_map(|(_, list)| list) {
                *temperature = temperature.to_fahrenheit();
            }
        }
        Ok(Sensors { temperatures, fans: roots.sensors_fans(), battery: roots.sensors_battery() })
    })
}

/// A row for each sensor of each chip.
fn rows<T>(answer: &ByChip<T>) -> impl Iterator<Item = (&OsString, &T)> {
    let chips = answer.iter().flatten();
    chips.flat_map(|(chip, list)| list.iter().map(move |sensor| (chip, sensor)))
}

fn degrees(value: Option<f64>) -> Vec<Span> {
    value.map_or_else(none, |value| number(format!("{value:.1}")))
}

/// Now, and whether it is too hot.
fn current(temperature: &Temperature) -> Vec<Span> {
    let Some(value) = temperature.current else { return none() };
    let over = |limit: Option<f64>| limit.is_some_and(|limit| value >= limit);
    match (over(temperature.critical), over(temperature.high)) {
        (true, _) => cell(HOT, format!("{value:.1}")),
        (_, true) => cell(WARM, format!("{value:.1}")),
        _ => degrees(Some(value)),
    }
}

fn battery(battery: &Battery) -> Line {
    let plugged = match battery.power_plugged {
        Some(true) => cell(PLAIN, "yes"),
        Some(false) => cell(PLAIN, "no"),
        None => none(),
    };
    let left = match battery.secsleft {
        BatteryTime::Seconds(seconds) => cell(PLAIN, text::whole_seconds(seconds.max(0) as u64)),
        BatteryTime::Unknown => none(),
        BatteryTime::Unlimited => cell(PLAIN, "unlimited"),
    };
    Line(vec![name("battery"), number(format!("{:.1}", battery.percent)), left, plugged])
}

impl Report for Sensors {
    fn text(&self, look: Look) -> String {
        let mut blocks = Vec::new();
        let temperatures: Vec<Line> = rows(&self.temperatures)
            .map(|(chip, temperature)| {
                Line(vec![
                    name(chip),
                    words(&temperature.label),
                    current(temperature),
                    degrees(temperature.high),
                    degrees(temperature.critical),
                ])
            })
            .collect();
        if !temperatures.is_empty() {
            let mut heads = vec![Head::text("CHIP"), Head::text("LABEL")];
            heads.extend(["CURRENT", "HIGH", "CRITICAL"].map(Head::number));
            blocks.push(table::draw(&heads, &temperatures, look.fit));
        }
        let fans: Vec<Line> = rows(&self.fans)
            .map(|(chip, fan)| Line(vec![name(chip), words(&fan.label), number(fan.current)]))
            .collect();
        if !fans.is_empty() {
            let heads = [Head::text("CHIP"), Head::text("FAN"), Head::number("RPM")];
            blocks.push(table::draw(&heads, &fans, look.fit));
        }
        if let Ok(Some(found)) = &self.battery {
            let heads = [
                Head::text(""),
                Head::number("CHARGE%"),
                Head::number("LEFT"),
                Head::text("PLUGGED"),
            ];
            blocks.push(table::draw(&heads, &[battery(found)], look.fit));
        }
        blocks.join("\n")
    }

    fn json(&self) -> Json {
        let mut object = Object::default();
        object.answer("sensors_temperatures", self.temperatures.as_ref(), |encoder, chips| {
            encoder.lists_by_name(chips)
        });
        object.answer("sensors_fans", self.fans.as_ref(), |encoder, chips| {
            encoder.lists_by_name(chips)
        });
        object.answer("sensors_battery", self.battery.as_ref(), |encoder, battery| {
            battery.as_ref().map_or(Json::Null, |battery| encoder.record(battery))
        });
        object.finish()
    }

    fn faults(&self) -> Vec<Fault> {
        let errors = [
            self.temperatures.as_ref().err().map(Fault::of),
            self.fans.as_ref().err().map(Fault::of),
            self.battery.as_ref().err().map(Fault::of),
        ];
        let mut faults: Vec<Fault> = errors.into_iter().flatten().collect();
        let some = rows(&self.temperatures).next().is_some()
            || rows(&self.fans).next().is_some()
            || matches!(self.battery, Ok(Some(_)));
        if faults.is_empty() && !some {
            faults.push(Fault::warning("the kernel tells of no sensors".into()));
        }
        faults
    }
}
