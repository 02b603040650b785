"""Letters: their words in each language, the placeholders in them, and the one layout that all of them share."""
