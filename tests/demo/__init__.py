"""`make demo`: the main job on an embedded Redis, the simulated org and a real worker, its result checked."""
