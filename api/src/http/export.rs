//! `/exports/<id>`: a finished export, for whoever asked for it.

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, Path, State},
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use kernel::Result;

use super::{
    Gate, play,
    session::{self, Way},
    web::plain,
};

pub async fn download(
    State(gate): State<Gate>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    match file(&gate, peer, &id, &headers).await {
        Ok(response) => response,
        Err(error) => play::failed(&error),
    }
}

async fn file(gate: &Gate, peer: SocketAddr, id: &str, headers: &HeaderMap) -> Result<Response> {
    let asker = session::asker(gate, headers, &Way::of(gate, headers, peer)).await?;
    let Some(viewer) = asker.viewer.filter(|_| !asker.one_time) else {
        return Ok(plain(StatusCode::UNAUTHORIZED, "请先登录。Please sign in first.\n"));
    };
    let file = gate.houses.reports.export_file(&viewer, id.parse()?).await?;
    let object = gate.houses.media.blob().get(&file.object, None, file.content_type).await?;
    let mut response = play::respond(object, &HeaderMap::new(), "private, no-store");
    play::put(&mut response, header::CONTENT_DISPOSITION, &disposition(&file.file_name));
    Ok(response)
}

/// RFC 6266 with RFC 8187: the Chinese name for those who read it, a plain one for the rest.
fn disposition(name: &str) -> String {
    let plain = name.rsplit('.').next().map_or_else(|| "export".to_owned(), |suffix| format!("export.{suffix}"));
    let encoded: String = name
        .bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b"-._".contains(&b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_chinese_file_name_arrives() {
        let told = super::disposition("学分报表-2026.xlsx");
        assert_eq!(
            told,
            "attachment; filename=\"export.xlsx\"; filename*=UTF-8''%E5%AD%A6%E5%88%86%E6%8A%A5%E8%A1%A8-2026.xlsx"
        );
    }
}
