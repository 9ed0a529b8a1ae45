//! Everybody at once, from one start of the server to its end.

use std::{
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    ask::{Asker, PASSWORD, at, text},
    chance::Chance,
    oracle::Oracle,
    player::Student,
    server::{School, Server},
    staff,
};

pub const STUDENTS: usize = 10;

/// Who takes part, from one server to the next.
pub struct Cast {
    pub students: Vec<Asker>,
    pub lecturer: Asker,
    pub admins: (Asker, Asker),
    /// Name and id of each student.
    pub people: Vec<(String, String)>,
    /// Lesson and course of each video.
    pub videos: Vec<(String, String)>,
    pub oracle: Arc<Mutex<Oracle>>,
}

pub struct Load {
    pub url: String,
    pub people: Vec<(String, String)>,
    pub videos: Vec<(String, String)>,
    oracle: Arc<Mutex<Oracle>>,
    over: AtomicBool,
}

impl Load {
    pub fn goes_on(&self) -> bool {
        !self.over.load(Ordering::Relaxed)
    }
    pub fn oracle(&self) -> MutexGuard<'_, Oracle> {
        self.oracle.lock().unwrap()
    }
}

const VIDEOS: &str = "{ courses(first: 10) { nodes { id chapters { lessons { __typename id } } } } }";

impl Cast {
    /// Signs everybody in; a second admin was made before by [`Cast::second_admin`].
    pub async fn gather(url: &str, second: &str) -> Self {
        let mut students = Vec::new();
        let mut people = Vec::new();
        for n in 1..=STUDENTS {
            let asker = Asker::sign_in(url, &format!("s{n}"), PASSWORD).await;
            let me = asker.must(url, "{ viewer { id } }", json!({})).await;
            people.push((asker.name.clone(), text(&me, "viewer.id")));
            students.push(asker);
        }
        let found = students[0].must(url, VIDEOS, json!({})).await;
        let videos = at(&found, "courses.nodes").as_array().unwrap().iter().flat_map(videos_of).collect();
        let chief = Asker::sign_in(url, "chief", second).await;
        let change = "mutation($a: String!, $b: String!) { changePassword(current: $a, new: $b) { viewer { id } } }";
        chief.must(url, change, json!({ "a": second, "b": "四眼原则 four eyes 2026" })).await;
        let admins = (Asker::sign_in(url, "admin", PASSWORD).await, chief);
        let lecturer = Asker::sign_in(url, "lecturer", PASSWORD).await;
        Self { students, lecturer, admins, people, videos, oracle: Arc::default() }
    }

    /// Four eyes need a second pair. Answers the one-time password.
    pub fn second_admin(school: &School) -> String {
        let arguments =
            ["user", "create", "--username", "chief", "--name", "王二", "--number", "T9", "--role", "admin"];
        let (good, said) = school.run(&arguments);
        assert!(good, "{said}");
        said.trim().rsplit(' ').next().unwrap().to_owned()
    }

    /// Everybody works for so long; then the server gets this signal. Comes back when all have noticed.
    pub async fn work(&self, url: &str, server: &Server, life: Duration, signal: Signal, chance: &mut Chance) {
        let load = Arc::new(Load {
            url: url.to_owned(),
            people: self.people.clone(),
            videos: self.videos.clone(),
            oracle: self.oracle.clone(),
            over: AtomicBool::new(false),
        });
        let mut tasks = JoinSet::new();
        for asker in self.students.clone() {
            let (load, mut student) = (load.clone(), Student { asker, chance: chance.split() });
            tasks.spawn(async move { student.study(&load).await });
        }
        let (one, lecturer, some) = (load.clone(), self.lecturer.clone(), chance.split());
        tasks.spawn(async move { staff::lecture(&lecturer, &one, some).await });
        let (one, (first, second), some) = (load.clone(), self.admins.clone(), chance.split());
        tasks.spawn(async move { staff::adjust((&first, &second), &one, some).await });
        let (one, students, some) = (load.clone(), self.students.clone(), chance.split());
        tasks.spawn(async move { staff::look(&students, &one, some).await });
        tokio::time::sleep(life).await;
        server.signal(signal);
        load.over.store(true, Ordering::Relaxed);
        if signal == Signal::STOP {
            // What was answered before the stop is still on its way; what was not never will be.
            tokio::time::sleep(Duration::from_millis(300)).await;
            tasks.abort_all();
        }
        while let Some(ended) = tasks.join_next().await {
            if let Err(error) = ended
                && error.is_panic()
            {
                std::panic::resume_unwind(error.into_panic());
            }
        }
    }
}

fn videos_of(course: &Value) -> Vec<(String, String)> {
    let chapters = at(course, "chapters").as_array().unwrap().iter();
    let lessons = chapters.flat_map(|chapter| at(chapter, "lessons").as_array().unwrap().clone());
    let videos = lessons.filter(|lesson| text(lesson, "__typename") == "VideoLesson");
    videos.map(|lesson| (text(&lesson, "id"), text(course, "id"))).collect()
}
