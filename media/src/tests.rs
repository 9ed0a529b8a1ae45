//! Tables of the pure parts; stories through the front door on both databases; a few real conversions of tiny files.

mod convert;
mod document;
mod pure;
mod read;
mod recognise;
mod upload;

use bytes::Bytes;
use futures::{Stream, stream};
use kernel::{
    Charge, Language, Role, Viewer,
    id::{Id, PersonId, SessionId, UnitId},
};
use platform::{Handlers, Worker, testing::TestBase};
use uuid::Uuid;

use crate::{Media, jobs, testing};

fn viewer(person: u128, roles: &[Role]) -> Viewer {
    let unit: UnitId = Id::new(Uuid::from_u128(1));
    Viewer {
        person: PersonId::new(Uuid::from_u128(person)),
        session: SessionId::new(Uuid::from_u128(person)),
        path: String::new(),
        charges: roles.iter().map(|role| Charge { role: *role, unit, path: "1.".to_owned() }).collect(),
        language: Language::Chinese,
    }
}

fn lecturer() -> Viewer {
    viewer(10, &[Role::Lecturer])
}

async fn house(test: &TestBase) -> Media {
    testing::media(&test.base, test.folder.path()).await.unwrap()
}

fn worker(test: &TestBase, media: &Media) -> Worker {
    let mut handlers = Handlers::default();
    jobs::handlers(media, &mut handlers);
    Worker::new(test.base.clone(), handlers)
}

/// A request body of these pieces; with `broken` the connection breaks after them.
fn body(pieces: &[&[u8]], broken: bool) -> impl Stream<Item = Result<Bytes, ()>> + Send + 'static + use<> {
    let mut all: Vec<Result<Bytes, ()>> = pieces.iter().map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    if broken {
        all.push(Err(()));
    }
    stream::iter(all)
}
