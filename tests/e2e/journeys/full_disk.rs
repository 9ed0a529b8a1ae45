//! A disk that is full in the middle of an upload: what was acknowledged stays, and once there is room it goes on by itself. The disk is a small
//! one in memory that only the server sees; where it cannot be made (no namespaces) that is said.

use std::{fs, path::Path, process::Command};

use sea_orm::{ConnectionTrait, Database};
use sha2::{Digest, Sha256};

use crate::{
    client::Client,
    tus::{Sending, letters},
    world::{serve_script, world},
};

const MEGABYTE: usize = 1 << 20;

/// Its uploads gather on a volume of so many megabytes.
const SCRIPT: &str = "mkdir -p \"$1/$GATHERED\" && mount -t tmpfs -o size=40m tmpfs \"$1/$GATHERED\" && \
    { \"$0\" serve --listen 127.0.0.1:0 --data-dir \"$1\" & pid=$!; echo \"pid $pid\"; read _; kill $pid; wait $pid; }";

/// Where the program gathers what is on its way, in its folder.
const GATHERED: &str = "work/uploads";

#[tokio::test]
async fn a_full_disk_loses_nothing_that_was_acknowledged() {
    let possible = Command::new("unshare").args(["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).output();
    if !possible.is_ok_and(|done| done.status.success()) {
        eprintln!("skipped: a volume of its own needs `unshare -m`");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("school");
    // The school of the other journeys, without its objects.
    let school = world().await.data.path().join("school");
    fs::create_dir_all(&data).unwrap();
    let database = Database::connect(format!("sqlite:{}?mode=ro", school.join("xianfeng.db").display())).await.unwrap();
    database.execute_unprepared(&format!("VACUUM INTO '{}'", data.join("xianfeng.db").display())).await.unwrap();
    database.close().await.unwrap();
    let copied = Command::new("cp").arg("-r").arg(school.join("secrets")).arg(&data).status();
    assert!(copied.unwrap().success());
    let told = [("XIANFENG_UPLOADS_RESERVE_MB", "0"), ("GATHERED", GATHERED)];
    let (server, lines) = serve_script(&["unshare", "-m", "sh", "-c"], SCRIPT, &data, &told);
    let pid = lines.iter().find_map(|line| line.strip_prefix("pid ")).expect("the server's number");
    // Only the server's own root shows the small disk.
    let inside = data.join(GATHERED);
    let volume = Path::new("/proc").join(pid).join("root").join(inside.strip_prefix("/").unwrap());
    let client = Client::sign_in(&server.url, "lecturer", "demo-xianfeng").await;

    // Twenty megabytes fit when it begins; then somebody else takes thirty.
    let file = letters(20 * MEGABYTE - 5, 3);
    let sending = Sending::begin(&client, file.len()).await;
    assert_eq!(sending.patch(&client, 0, &file[..2 * MEGABYTE]).await.status(), 204);
    fs::write(volume.join("other"), vec![0_u8; 30 * MEGABYTE]).unwrap();
    let answer = sending.patch(&client, 2 * MEGABYTE, &file[2 * MEGABYTE..]).await;
    assert_eq!(answer.status().as_u16(), 507);
    assert!(answer.text().await.unwrap().contains("存储空间不足"));
    let kept = sending.offset(&client).await;
    assert!(kept >= 2 * MEGABYTE && kept < file.len(), "{kept}");
    // Nor may anything new begin.
    let refused = client
        .ask(
            "mutation { createUpload(input: { fileName: \"a.csv\", purpose: ROSTER }) { uploadUrl } }",
            serde_json::json!({}),
        )
        .await;
    let url = crate::client::text(&refused, "createUpload.uploadUrl");
    let begun = crate::tus::tus(&client, reqwest::Method::POST, &url).header("upload-length", 10 * MEGABYTE);
    assert_eq!(begun.send().await.unwrap().status().as_u16(), 507);

    fs::remove_file(volume.join("other")).unwrap();
    assert_eq!(sending.patch(&client, kept, &file[kept..]).await.status(), 204, "it goes on where it was");
    sending.ready(&client).await;
    let kept = fs::read(data.join("objects").join(sending.original())).unwrap();
    assert_eq!(Sha256::digest(&kept), Sha256::digest(&file));
}
