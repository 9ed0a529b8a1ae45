//! Signed addresses: one changed character makes them worthless.

use kernel::id::{AssetId, StudyId};
use uuid::Uuid;

use crate::token::{Expired, Keys, Rejected};

/// Every way to change one character of a text into a neighbour that could stand there.
fn changed(text: &str) -> impl Iterator<Item = String> + '_ {
    (0..text.len()).flat_map(move |at| {
        "AZaz09-_./".chars().filter(move |c| text.as_bytes()[at] != *c as u8).map(move |c| {
            let mut other = text.to_owned();
            other.replace_range(at..=at, &c.to_string());
            other
        })
    })
}

#[test]
fn one_changed_character_anywhere_makes_a_signed_path_worthless() {
    let (keys, other) = (Keys::derive(&[1; 32]), Keys::derive(&[2; 32]));
    let study = StudyId::new(Uuid::from_u128(77));
    let path = keys.sign_study(study, 5000);
    let parts = |path: &str| path.splitn(3, '/').map(str::to_owned).collect::<Vec<_>>();
    let verify = |keys: &Keys, path: &str, now| match &parts(path)[..] {
        [study, expiry, signature] => keys.verify_study(study, expiry, signature, now).map_err(Some),
        _ => Err(None),
    };
    assert_eq!(verify(&keys, &path, 4999), Ok(study));
    assert_eq!(verify(&keys, &path, 5000), Err(Some(Rejected::Expired(Expired))));
    assert!(verify(&other, &path, 0).is_err());
    for wrong in changed(&path) {
        let answer = verify(&keys, &wrong, 0);
        assert!(answer.is_err() && answer != Err(Some(Rejected::Expired(Expired))), "{wrong}");
    }
    for (from, to) in [("/5000/", "/05000/"), ("/5000/", "/+5000/"), ("/5000/", "/ 5000/"), ("std_", "STD_")] {
        assert!(verify(&keys, &path.replace(from, to), 0).is_err());
    }
    assert!(verify(&keys, &format!("{path}="), 0).is_err());
}

#[test]
fn a_picture_has_a_key_of_its_own() {
    let keys = Keys::derive(&[1; 32]);
    let asset = AssetId::new(Uuid::from_u128(78));
    let path = keys.sign_picture(asset);
    let verify = |path: &str| path.split_once('/').and_then(|(id, signature)| keys.verify_picture(id, signature).ok());
    assert_eq!(verify(&path), Some(asset));
    assert!(changed(&path).all(|wrong| verify(&wrong).is_none()));
    let study = keys.sign_study(StudyId::new(asset.uuid()), 1);
    let signature = study.rsplit('/').next().unwrap();
    assert_eq!(verify(&format!("{asset}/{signature}")), None);
}
