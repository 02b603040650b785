"""Scripts that draw the site's own artwork; run by hand, their results are kept in the repository."""
