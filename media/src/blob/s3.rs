//! A bucket of an S3 server. A dead server is told within seconds, not after the client's own three minutes.

use std::time::Duration;

use kernel::{Error, Result};
use object_store::{
    BackoffConfig, ClientOptions, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
    path::Path as Key,
    prefix::PrefixStore,
};

use super::S3Config;

pub fn open(config: &S3Config) -> Result<PrefixStore<AmazonS3>> {
    let place = config
        .url
        .strip_prefix("s3://")
        .ok_or_else(|| Error::broken("the store's address is not s3://bucket/prefix"))?;
    let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(bucket)
        .with_access_key_id(&config.access_key)
        .with_secret_access_key(&config.secret_key)
        .with_client_options(patience(config))
        .with_retry(RetryConfig {
            backoff: BackoffConfig::default(),
            max_retries: 3,
            retry_timeout: Duration::from_secs(15),
        });
    if !config.region.is_empty() {
        builder = builder.with_region(&config.region);
    }
    if !config.endpoint.is_empty() {
        builder = builder.with_endpoint(&config.endpoint);
    }
    let store = builder.build()?;
    Ok(PrefixStore::new(store, Key::parse(prefix.trim_end_matches('/'))?))
}

/// No limit on a whole answer (a slow phone may take its time over a segment), but on silence.
fn patience(config: &S3Config) -> ClientOptions {
    ClientOptions::new()
        .with_allow_http(config.endpoint.starts_with("http://"))
        .with_connect_timeout(Duration::from_secs(5))
        .with_timeout_disabled()
        .with_read_timeout(Duration::from_secs(30))
}
