//! The docs as people see them: in a browser, from the server, from any web server, and from files.
//!
//! Where Chromium or its driver is missing, the tests are skipped.

mod accessible;
mod browser;
mod copy_page;
mod getting_started;
mod harness;
mod pages;
mod phone;
mod record;
mod reference;
mod samples;
mod search;
mod shots;
mod site;
mod themes;
mod versions;
