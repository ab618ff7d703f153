#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::netlink_links;

fuzz_target!(|data: &[u8]| {
    let _ = netlink_links(data, |_| ());
});
