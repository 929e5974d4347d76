"""Apache Beam pipelines. Installed as `gm_vae.pipelines`."""
