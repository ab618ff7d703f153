//! `sysvitals uptime`: for how long the machine is up, and its load.

use std::time::Duration;

use clap::Args;
use serde_json::{Value as Json, json};
use sysvitals::Roots;
use sysvitals::host::User;

use super::{Fault, Look, Report, ShowArgs, line, show};
use crate::error::{Exit, Result};
use crate::json::Object;
use crate::table::PLAIN;
use crate::terminal::Output;
use crate::text;

#[derive(Args)]
pub(crate) struct UptimeArgs {
    #[command(flatten)]
    show: ShowArgs,
}

struct Uptime {
    now: f64,
    boot_time: f64,
    users: sysvitals::Result<Vec<User>>,
    load: sysvitals::Result<(f64, f64, f64)>,
}

pub(crate) fn run(args: &UptimeArgs, roots: &Roots, output: Output) -> Result<Exit> {
    show(&args.show, false, output, Duration::ZERO, || {
        Ok(Uptime {
            now: crate::ps::now(),
            boot_time: roots.boot_time()?,
            users: sysvitals::users(),
            load: sysvitals::getloadavg(),
        })
    })
}

impl Uptime {
    fn seconds(&self) -> f64 {
        (self.now - self.boot_time).max(0.0)
    }
}

impl Report for Uptime {
    fn text(&self, look: Look) -> String {
        let users = match &self.users {
            Ok(users) if users.len() == 1 => "1 user".into(),
            Ok(users) => format!("{} users", users.len()),
            Err(_) => "? users".into(),
        };
        let load = match self.load {
            Ok((one, five, fifteen)) => format!("{one:.2} {five:.2} {fifteen:.2}"),
            Err(_) => "?".into(),
        };
        let (now, up) = (text::clock(self.now), text::whole_seconds(self.seconds() as u64));
        let words = format!("{now} up {up}, {users}, load {load}");
        line(PLAIN, &words, look.fit.unwrap_or(usize::MAX))
    }

    fn json(&self) -> Json {
        let mut object = Object::default();
        object.answer("now", Ok(self.now), |_, now| now.into());
        object.answer("boot_time", Ok(self.boot_time), |_, time| time.into());
        object.answer("uptime", Ok(self.seconds()), |_, seconds| seconds.into());
        object.answer("users", self.users.as_ref(), |encoder, users| encoder.records(users));
        object.answer("getloadavg", self.load.as_ref(), |_, (one, five, fifteen)| {
            json!([one, five, fifteen])
        });
        object.finish()
    }

    fn faults(&self) -> Vec<Fault> {
        let errors =
            [self.users.as_ref().err().map(Fault::of), self.load.as_ref().err().map(Fault::of)];
        errors.into_iter().flatten().collect()
    }
}
