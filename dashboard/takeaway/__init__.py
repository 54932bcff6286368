"""What people take away: files of exactly what a filter means, and the map on a page."""
