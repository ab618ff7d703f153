//! The `sysvitals` command: processes and system figures at a terminal.
//!
//! `cli` turns arguments into typed settings, `ps`, `info`, `act` and
//! `system` do what was asked, `table` and
//! `json` draw. Whatever the kernel tells comes from the crate `sysvitals`.

#[cfg(target_os = "linux")]
mod act;
#[cfg(target_os = "linux")]
mod cli;
#[cfg(target_os = "linux")]
mod columns;
#[cfg(target_os = "linux")]
mod error;
#[cfg(target_os = "linux")]
mod filter;
#[cfg(target_os = "linux")]
mod info;
#[cfg(target_os = "linux")]
mod json;
#[cfg(target_os = "linux")]
mod ps;
#[cfg(target_os = "linux")]
mod system;
#[cfg(target_os = "linux")]
mod table;
#[cfg(target_os = "linux")]
mod terminal;
#[cfg(target_os = "linux")]
mod text;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    match cli::run() {
        Ok(exit) => exit.into(),
        Err(error) => error.report().into(),
    }
}

#[cfg(not(target_os = "linux"))]
fn main() -> std::process::ExitCode {
    eprintln!("sysvitals: this version works on Linux only");
    std::process::ExitCode::FAILURE
}
