"""Articles for feed readers: a whole language, one partner or one topic, as RSS, Atom and JSON Feed."""
