//! Who asks: the session cookie or a bearer token, turned into a viewer; and what is known of the way the request came.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderValue, header};
use graphql::{Asker, Cookie};
use kernel::{Language, Result, Viewer, id::PersonId};

use super::Gate;

/// The cookie's name on https and on plain http.
const SECURE: &str = "__Host-xianfeng";
const PLAIN: &str = "xianfeng";

/// The way a request came: a proxy's word counts only when its address is configured.
pub struct Way {
    pub https: bool,
    pub network: String,
}

impl Way {
    pub fn of(gate: &Gate, headers: &HeaderMap, peer: SocketAddr) -> Self {
        let proxied = gate.proxies.contains(&peer.ip().to_canonical());
        let said = |name: &str| headers.get(name).filter(|_| proxied).and_then(|value| value.to_str().ok());
        let https = said("x-forwarded-proto").is_some_and(|proto| proto.trim().eq_ignore_ascii_case("https"));
        // The last address is the one that our own proxy saw.
        let client = said("x-forwarded-for").and_then(|list| list.rsplit(',').next()?.trim().parse().ok());
        Self { https, network: network(client.unwrap_or(peer.ip())) }
    }
}

/// One IPv4 address, or the /64 that one household of IPv6 has.
fn network(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

fn token(headers: &HeaderMap, https: bool) -> Option<String> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if let Some(bearer) = text(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer ")) {
        return Some(bearer.trim().to_owned());
    }
    let name = if https { SECURE } else { PLAIN };
    let pairs = text(header::COOKIE)?.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(key, _)| *key == name).map(|(_, value)| value.to_owned()).next()
}

/// The viewer of a session, or nobody.
pub async fn asker(gate: &Gate, headers: &HeaderMap, way: &Way) -> Result<Asker> {
    let language =
        Language::accepted(headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default());
    let nobody = || Asker::new(None, None, false, language, way.network.clone());
    let Some(token) = token(headers, way.https) else { return Ok(nobody()) };
    let Some(session) = gate.houses.identity.session(&token).await? else { return Ok(nobody()) };
    let Some(person) = gate.houses.organisation.person(session.person).await? else { return Ok(nobody()) };
    let charges = gate.houses.organisation.charges(session.person).await?;
    let viewer = Viewer { person: session.person, session: session.id, path: person.path, charges, language };
    let renewed = session.renewed.then(|| Cookie::Set { token: token.clone(), expires_at: session.expires_at });
    let asker = Asker::new(Some(viewer), Some(token), session.one_time, language, way.network.clone());
    // A session that use has prolonged is prolonged in the browser too.
    if let Some(cookie) = renewed.filter(|_| !headers.contains_key(header::AUTHORIZATION)) {
        asker.set_cookie(cookie);
    }
    Ok(asker)
}

/// Whose session was sent, if any: for segments, which need to know no more.
pub async fn person(gate: &Gate, headers: &HeaderMap, way: &Way) -> Result<Option<PersonId>> {
    let Some(token) = token(headers, way.https) else { return Ok(None) };
    Ok(gate.houses.identity.session(&token).await?.map(|session| session.person))
}

/// The `Set-Cookie` value that an answer asks for.
pub fn set_cookie(cookie: &Cookie, https: bool, now: kernel::Millis) -> Option<HeaderValue> {
    let (name, secure) = if https { (SECURE, "; Secure") } else { (PLAIN, "") };
    let (value, age) = match cookie {
        Cookie::Set { token, expires_at } => (token.as_str(), (expires_at - now).max(0) / 1000),
        Cookie::Clear => ("", 0),
    };
    HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_household_is_one_network() {
        let cases = [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ];
        for (ip, expected) in cases {
            assert_eq!(network(ip.parse().unwrap()), expected);
        }
    }

    #[test]
    fn the_plain_cookie_is_not_read_on_https_nor_the_other_way() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("a=b; xianfeng=one; __Host-xianfeng=two"));
        assert_eq!(token(&headers, false).as_deref(), Some("one"));
        assert_eq!(token(&headers, true).as_deref(), Some("two"));
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("Bearer three"));
        assert_eq!(token(&headers, true).as_deref(), Some("three"));
    }

    #[test]
    fn a_cookie_is_secure_on_https_only() {
        let cookie = Cookie::Set { token: "t".to_owned(), expires_at: 61_000 };
        assert_eq!(
            set_cookie(&cookie, false, 1_000).unwrap(),
            "xianfeng=t; Path=/; HttpOnly; SameSite=Lax; Max-Age=60"
        );
        let secure = set_cookie(&Cookie::Clear, true, 0).unwrap();
        assert_eq!(secure, "__Host-xianfeng=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure");
    }
}
