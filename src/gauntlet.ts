// The harness's public surface: what an owner of another host, or a nightly job of one's own, builds on.
