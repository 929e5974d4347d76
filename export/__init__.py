"""Checkpoints that travel. Installed as `gm_vae.export`."""
