#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::netlink_addresses;

fuzz_target!(|data: &[u8]| {
    let _ = netlink_addresses(data, |_| ());
});
