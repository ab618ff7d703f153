//! `sysvitals who`: who is logged in.

use std::time::Duration;

use clap::Args;
use serde_json::Value as Json;
use sysvitals::host::User;

use super::{Look, Report, ShowArgs, cell, none, show, words};
use crate::error::{Exit, Result};
use crate::json::Object;
use crate::table::{self, COOL, Head, LIVELY, Line, PLAIN};
use crate::terminal::Output;
use crate::text;

#[derive(Args)]
pub(crate) struct WhoArgs {
    #[command(flatten)]
    show: ShowArgs,
}

struct Users {
    users: Vec<User>,
    now: f64,
}

pub(crate) fn run(args: &WhoArgs, output: Output) -> Result<Exit> {
    show(&args.show, false, output, Duration::ZERO, || {
        Ok(Users { users: sysvitals::users()?, now: crate::ps::now() })
    })
}

impl Report for Users {
    fn text(&self, look: Look) -> String {
        let heads = [
            Head::text("NAME"),
            Head::text("TERMINAL"),
            Head::text("HOST"),
            Head::number("STARTED"),
            Head::number("PID"),
        ];
        let lines = self.users.iter().map(|user| {
            Line(vec![
                cell(LIVELY, text::printable_os(&user.name)),
                user.terminal.as_ref().map_or_else(none, words),
                user.host.as_ref().map_or_else(none, words),
                cell(PLAIN, text::moment(user.started, self.now)),
                user.pid.map_or_else(none, |pid| cell(COOL, pid.to_string())),
            ])
        });
        table::draw(&heads, &lines.collect::<Vec<_>>(), look.fit)
    }

    fn json(&self) -> Json {
        let one = |user| {
            let mut object = Object::default();
            object.fields(user);
            object.finish()
        };
        self.users.iter().map(one).collect()
    }
}
