"""Open311 GeoReport v2: other programs bring reports, and read what the public may know of tickets."""
