//! `/previews/<asset>/<person>/<expiry>/<signature>/…`: a video as reviewers and the media library look at it, outside any study. Nothing is
//! evidence here. As with studies, the signature is enough without a cookie; a session that is sent must be that person's (403).

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use media::Rejected;

use super::{
    Gate, play,
    session::{self, Way},
    web::plain,
};

pub async fn preview(
    State(gate): State<Gate>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path((asset, person, expiry, signature, path)): Path<(String, String, String, String, String)>,
    headers: HeaderMap,
) -> Response {
    let media = &gate.houses.media;
    let (asset, person) = match media.verify_preview([&asset, &person, &expiry, &signature], gate.houses.base.now()) {
        Ok(named) => named,
        Err(Rejected::Expired(_)) => return refused(StatusCode::GONE),
        Err(Rejected::Forged(_)) => return refused(StatusCode::NOT_FOUND),
    };
    match session::asker(&gate, &headers, &Way::of(&gate, &headers, peer)).await {
        Ok(asker) if asker.viewer.as_ref().is_some_and(|viewer| viewer.person != person) => {
            return refused(StatusCode::FORBIDDEN);
        }
        Ok(_) => {}
        Err(error) => return play::failed(&error),
    }
    match media.object(asset, &path, play::range(&headers)).await {
        Ok(object) => play::respond(object, &headers, "private, max-age=3600"),
        Err(error) => play::failed(&error),
    }
}

fn refused(status: StatusCode) -> Response {
    plain(status, play::words(status))
}
