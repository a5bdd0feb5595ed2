//! `overfit schema`: its arguments.

use clap::Args;

/// `overfit schema`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  \
        overfit schema > overfit.schema.json\n\n\
        An editor with a plugin for TOML (Even Better TOML, Taplo) then completes and checks a config that begins with the line\n  \
        #:schema ./overfit.schema.json\n\
        and one for JSON a config with the key\n  \
        \"$schema\": \"./overfit.schema.json\"")]
pub struct SchemaArguments {}
