#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::net_inet;

fuzz_target!(|data: &[u8]| {
    let _ = net_inet(data, |_| ());
});
