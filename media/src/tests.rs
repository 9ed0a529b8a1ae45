//! Tables of the pure parts; stories through the front door on both databases; a few real conversions of tiny files.

mod convert;
mod deaths;
mod document;
mod faults;
mod full;
mod intake;
mod ladder;
mod plans;
mod playlists;
mod poison;
mod read;
mod recognise;
mod sandbox;
mod scrub;
mod signed;
mod stores;
mod upload;
mod upload_parts;

use bytes::Bytes;
use futures::{Stream, stream};
use kernel::{
    Charge, Language, Role, Viewer,
    id::{Id, PersonId, SessionId, UnitId},
};
use platform::{Handlers, Outbox, Worker, testing::TestBase};
use uuid::Uuid;

use crate::{Blob, Config, Limits, Media, S3Config, StoreConfig, jobs, testing};

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

/// A database and a store for uploads: bytes gather in a file, in the store, or, where `XIANFENG_TEST_S3` names one, in that of a real server.
struct Yard {
    test: TestBase,
    blob: Blob,
    limits: Limits,
    name: String,
}

impl std::ops::Deref for Yard {
    type Target = TestBase;
    fn deref(&self) -> &TestBase {
        &self.test
    }
}

impl Yard {
    async fn each() -> Vec<Self> {
        let mut yards = Vec::new();
        let server = std::env::var("XIANFENG_TEST_S3").ok();
        let ways = ["folder", "store"].into_iter().chain(server.as_ref().map(|_| "s3"));
        for way in ways {
            for test in TestBase::each(Outbox::default()).await {
                let store = match (way, &server) {
                    ("folder", _) => StoreConfig::Folder(test.folder.path().join("objects")),
                    ("s3", Some(endpoint)) => StoreConfig::S3(s3(endpoint)),
                    _ => StoreConfig::Memory,
                };
                let limits = Limits { in_store: way != "folder", ..Limits::default() };
                let name = format!("{} {way}", test.name);
                yards.push(Self { blob: Blob::open(&store).unwrap(), limits, name, test });
            }
        }
        yards
    }

    /// A process on this database and store; another one each time.
    async fn house(&self) -> Media {
        let work_dir = self.test.folder.path().join("work");
        let config = Config { work_dir, secret: [7; 32], limits: self.limits, ..Config::default() };
        Media::on(self.test.base.clone(), config, self.blob.clone()).await.unwrap()
    }

    fn in_store(&self) -> bool {
        self.limits.in_store
    }

    async fn end(self) {
        self.test.end().await;
    }
}

/// A corner of its own in the bucket that the test server has.
fn s3(endpoint: &str) -> S3Config {
    // The program does so in its first line; the second time is no fault.
    drop(rustls::crypto::ring::default_provider().install_default());
    let corner = kernel::Ids::secret(&kernel::id::RandomIds).simple();
    S3Config {
        url: format!("s3://xianfeng/{corner}"),
        endpoint: endpoint.to_owned(),
        region: "us-east-1".to_owned(),
        access_key: "test-key".to_owned(),
        secret_key: "test-secret".to_owned(),
    }
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
