//! Copies of jobs.

pub mod settle;
