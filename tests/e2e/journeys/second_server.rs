//! One data folder, one program; nobody else on the network while the public password works.

use crate::world::{run, world};

#[tokio::test]
async fn a_second_server_on_the_same_data_is_refused_at_start() {
    let world = world().await;
    let (good, said) = run(&world.data.path().join("school"), &["serve", "--listen", "127.0.0.1:0"]);
    assert!(!good && said.contains("Another xianfeng is using this data folder"), "{said}");
}

#[tokio::test]
async fn an_address_that_others_reach_is_refused_while_a_demo_password_works() {
    let world = world().await;
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy");
    std::fs::create_dir(&copy).unwrap();
    for file in ["xianfeng.db", "xianfeng.db-wal"] {
        let from = world.data.path().join("school").join(file);
        if from.exists() {
            std::fs::copy(from, copy.join(file)).unwrap();
        }
    }
    let (good, said) = run(&copy, &["serve", "--listen", "0.0.0.0:0"]);
    assert!(!good && said.contains("demo password still works"), "{said}");
}

#[tokio::test]
async fn a_server_stopped_at_once_still_goes_down_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("school");
    for _ in 0..5 {
        drop(crate::world::serve(&data));
        let left = std::fs::metadata(data.join("xianfeng.db-wal")).map_or(0, |file| file.len());
        assert_eq!(left, 0, "the database was closed");
    }
}
