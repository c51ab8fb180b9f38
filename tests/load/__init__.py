"""A load on the HTTP intake with everything else running: what is lost, and how long answers take."""
