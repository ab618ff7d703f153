//! The sysvitals command.
fn main() {}
