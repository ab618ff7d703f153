//! `sysvitals netstat`: sockets and who holds them.

use std::collections::HashMap;
use std::ffi::OsString;
use std::time::Duration;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde_json::Value as Json;
use sysvitals::net::{Address, ConnectionStatus, SystemConnection};
use sysvitals::{ConnectionKind, Pid, Roots};

use super::{Look, Report, ShowArgs, cell, none, show, words};
use crate::cli;
use crate::error::{Exit, Result};
use crate::info::protocol;
use crate::json::Object;
use crate::table::{self, COOL, Head, LIVELY, Line, PLAIN};
use crate::terminal::Output;
use crate::text;

#[derive(Args)]
pub(crate) struct NetstatArgs {
    /// Which sockets, in psutil's words
    #[arg(
        long,
        short,
        value_name = "KIND",
        default_value = "inet",
        value_parser = PossibleValuesParser::new(ConnectionKind::ALL.iter().map(|kind| kind.as_str()))
            .try_map(|kind| kind.parse::<ConnectionKind>())
    )]
    kind: ConnectionKind,
    /// Those of this process, in its own network namespace
    #[arg(long, short, value_parser = cli::pid, allow_negative_numbers = true)]
    pid: Option<Pid>,
    #[command(flatten)]
    show: ShowArgs,
}

struct Sockets(Vec<(SystemConnection, Option<OsString>)>);

pub(crate) fn run(args: &NetstatArgs, roots: &Roots, output: Output) -> Result<Exit> {
    show(&args.show, false, output, Duration::ZERO, || {
        let sockets = match args.pid {
            Some(pid) => of_process(roots, pid, args.kind)?,
            None => roots.net_connections(args.kind)?,
        };
        let mut names = HashMap::new();
        let mut name = |pid| {
            // Who has ended since has no name.
            let name = || roots.process(pid).and_then(|process| process.name()).ok();
            names.entry(pid).or_insert_with(name).clone()
        };
        let named = sockets.into_iter().map(|socket| {
            let name = socket.pid.and_then(&mut name);
            (socket, name)
        });
        Ok(Sockets(named.collect()))
    })
}

fn of_process(roots: &Roots, pid: Pid, kind: ConnectionKind) -> Result<Vec<SystemConnection>> {
    let sockets = roots.process(pid)?.net_connections(kind)?.into_iter();
    let with_pid = sockets.map(|socket| SystemConnection {
        fd: socket.fd,
        family: socket.family,
        kind: socket.kind,
        laddr: socket.laddr,
        raddr: socket.raddr,
        status: socket.status,
        pid: Some(pid),
    });
    Ok(with_pid.collect())
}

fn end(address: &Address) -> Vec<table::Span> {
    match address {
        Address::None => none(),
        Address::Inet(address) => cell(PLAIN, address.to_string()),
        Address::Unix(path) => words(path),
    }
}

impl Report for Sockets {
    fn text(&self, look: Look) -> String {
        let heads = [
            Head::text("PROTO"),
            Head::text("LOCAL"),
            Head::text("REMOTE"),
            Head::text("STATUS"),
            Head::number("PID"),
            Head::text("NAME"),
        ];
        let lines = self.0.iter().map(|(socket, name)| {
            let status = match socket.status {
                ConnectionStatus::None => none(),
                ConnectionStatus::Established => cell(LIVELY, socket.status.as_str()),
                status => cell(PLAIN, status.as_str()),
            };
            Line(vec![
                cell(PLAIN, protocol(socket.family, socket.kind)),
                end(&socket.laddr),
                end(&socket.raddr),
                status,
                socket.pid.map_or_else(none, |pid| cell(COOL, pid.to_string())),
                name.as_ref().map_or_else(none, |name| cell(PLAIN, text::printable_os(name))),
            ])
        });
        table::draw(&heads, &lines.collect::<Vec<_>>(), look.fit)
    }

    fn json(&self) -> Json {
        let one = |(socket, name): &(SystemConnection, Option<OsString>)| {
            let mut object = Object::default();
            object.fields(socket);
            object.answer("name", Ok(name), |encoder, name| {
                name.as_ref().map(|name| encoder.text(name)).into()
            });
            object.finish()
        };
        self.0.iter().map(one).collect()
    }
}
