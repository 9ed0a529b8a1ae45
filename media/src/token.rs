//! Signed paths: whoever holds one may read beneath it, without a cookie. HMAC-SHA-256 under keys that are derived from the school's
//! secret, one for each use, so that a signature of one kind is worth nothing for another.

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, Mac};
use kernel::{
    Millis,
    id::{AssetId, PersonId, StudyId},
};
use sha2::Sha256;

/// A study's path ends so long after its opening, whatever happens (12 h).
const STUDY_LIFE_MS: i64 = 12 * 3_600_000;

/// So does the path of a preview (2 h).
const PREVIEW_LIFE_MS: i64 = 2 * 3_600_000;

/// The signature is right but its time is over: 410.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expired;

/// Not signed by us: 403.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forged;

/// Why a study's path is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejected {
    Expired(Expired),
    Forged(Forged),
}

#[derive(Clone)]
pub struct Keys {
    study: Hmac<Sha256>,
    picture: Hmac<Sha256>,
    preview: Hmac<Sha256>,
}

impl Keys {
    pub fn derive(secret: &[u8; 32]) -> Self {
        let key = |usage: &str| {
            let mut mac = keyed(secret);
            mac.update(usage.as_bytes());
            keyed(&mac.finalize().into_bytes())
        };
        Self {
            study: key("xianfeng/media/study/1"),
            picture: key("xianfeng/media/picture/1"),
            preview: key("xianfeng/media/preview/1"),
        }
    }

    /// `<study>/<expiry>/<signature>`.
    pub fn sign_study(&self, study: StudyId, expiry: Millis) -> String {
        let text = format!("{study}/{expiry}");
        let signature = sign(&self.study, &text);
        format!("{text}/{signature}")
    }

    /// The three parts of a path as they came. What was signed is the very text, so no other spelling of it passes.
    pub fn verify_study(&self, study: &str, expiry: &str, signature: &str, now: Millis) -> Result<StudyId, Rejected> {
        let forged = Rejected::Forged(Forged);
        verify(&self.study, &format!("{study}/{expiry}"), signature).map_err(Rejected::Forged)?;
        let (study, expiry) = (study.parse().map_err(|_| forged)?, expiry.parse::<Millis>().map_err(|_| forged)?);
        if now < expiry { Ok(study) } else { Err(Rejected::Expired(Expired)) }
    }

    /// `<asset>/<person>/<expiry>/<signature>`: somebody looks at a file outside a study.
    pub fn sign_preview(&self, asset: AssetId, person: PersonId, expiry: Millis) -> String {
        let text = format!("{asset}/{person}/{expiry}");
        let signature = sign(&self.preview, &text);
        format!("{text}/{signature}")
    }

    /// The four parts of a path as they came.
    pub fn verify_preview(&self, parts: [&str; 4], now: Millis) -> Result<(AssetId, PersonId), Rejected> {
        let [asset, person, expiry, signature] = parts;
        let forged = Rejected::Forged(Forged);
        verify(&self.preview, &format!("{asset}/{person}/{expiry}"), signature).map_err(Rejected::Forged)?;
        let expiry = expiry.parse::<Millis>().map_err(|_| forged)?;
        let named = (asset.parse().map_err(|_| forged)?, person.parse().map_err(|_| forged)?);
        if now < expiry { Ok(named) } else { Err(Rejected::Expired(Expired)) }
    }

    /// `<id>/<signature>`; a picture's path does not expire.
    pub fn sign_picture(&self, asset: AssetId) -> String {
        let signature = sign(&self.picture, &asset.to_string());
        format!("{asset}/{signature}")
    }

    pub fn verify_picture(&self, asset: &str, signature: &str) -> Result<AssetId, Forged> {
        verify(&self.picture, asset, signature)?;
        asset.parse().map_err(|_| Forged)
    }
}

impl crate::Media {
    /// `<study>/<expiry>/<signature>`: the part of a path that opens a study's video until `expiry`.
    pub fn sign_study(&self, study: StudyId, expiry: Millis) -> String {
        self.0.keys.sign_study(study, expiry)
    }
    /// The path under which a study opened at `opened_at` plays; without a slash at its end.
    pub fn study_prefix(&self, study: StudyId, opened_at: Millis) -> String {
        format!("/media/{}", self.sign_study(study, opened_at + STUDY_LIFE_MS))
    }
    /// Which study a path opens. Expired is told from forged, in a time that does not depend on where a signature differs.
    pub fn verify_study(&self, study: &str, expiry: &str, signature: &str, now: Millis) -> Result<StudyId, Rejected> {
        self.0.keys.verify_study(study, expiry, signature, now)
    }
    /// The path under which this person may look at a video for two hours; without a slash at its end.
    pub fn preview_prefix(&self, asset: AssetId, person: PersonId) -> String {
        let expiry = self.0.base.now() + PREVIEW_LIFE_MS;
        format!("/previews/{}", self.0.keys.sign_preview(asset, person, expiry))
    }
    /// Which file a preview's path opens, and to whom.
    pub fn verify_preview(&self, parts: [&str; 4], now: Millis) -> Result<(AssetId, PersonId), Rejected> {
        self.0.keys.verify_preview(parts, now)
    }
    /// `<id>/<signature>` for a cover, a poster or a picture in a reading.
    pub fn sign_picture(&self, asset: AssetId) -> String {
        self.0.keys.sign_picture(asset)
    }
    /// The whole path of a picture.
    pub fn picture_path(&self, asset: AssetId) -> String {
        format!("/pictures/{}", self.sign_picture(asset))
    }
    pub fn verify_picture(&self, asset: &str, signature: &str) -> Result<AssetId, Forged> {
        self.0.keys.verify_picture(asset, signature)
    }
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length")
}

fn sign(key: &Hmac<Sha256>, text: &str) -> String {
    let mut mac = key.clone();
    mac.update(text.as_bytes());
    BASE64URL_NOPAD.encode(&mac.finalize().into_bytes())
}

fn verify(key: &Hmac<Sha256>, text: &str, signature: &str) -> Result<(), Forged> {
    let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).map_err(|_| Forged)?;
    let mut mac = key.clone();
    mac.update(text.as_bytes());
    mac.verify_slice(&signature).map_err(|_| Forged)
}
