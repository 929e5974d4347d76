"""Exports of checkpoints. Installed as `gm_vae.export`."""
