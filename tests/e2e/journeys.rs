//! One journey for each promise to a user.

mod doctor;
mod export_report;
mod publish_course;
mod restore_drill;
mod search_course;
mod search_index;
mod second_server;
mod sign_in;
mod watch_and_earn;
