//! One journey for each promise to a user.

mod audit_log;
mod doctor;
mod export_report;
mod full_disk;
mod publish_course;
mod readings;
mod restore_drill;
mod review_course;
mod search_course;
mod search_index;
mod second_server;
mod sign_in;
mod upload_on_nodes;
mod watch_and_earn;
