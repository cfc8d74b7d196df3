//! Tests of the simulated vendor over many seeds.

mod faults;
