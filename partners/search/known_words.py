"""What is known of a query's words before entries are looked at: whether each stands anywhere, and how common it is?"""

import re

from partners.search.query import SearchQuery

# A word of less than a share of one in so many entries is not read for: those would not hold enough of it. Of titles
# more are read.
RARE, RARE_IN_TITLES = 6, 25
# Of words that stand in so many titles, all together, the index finds all of these at once.
FEW_TITLES = 200

# The table of words says so at once, and where it does not know a word, the index does. Counted, where EXISTS would do:
# for one row alone, the database would read the entries one after the other.
_KNOWN = """
known AS MATERIALIZED (
    SELECT {possible} AS is_possible, {common} AS is_common, {in_few_titles} AS is_in_few_titles,
        {common_in_titles} AS is_common_in_titles
    FROM {counts}
)"""
# Words that no index holds ('during') stand in the way of nothing.
_IS_POSSIBLE = """
    ({name}.pages > 0 OR numnode({query}) = 0
    OR (SELECT count(*) FROM partners_searchentry WHERE vector @@ {query}) > 0)"""
# In how many pages, and in how many titles, words stand that begin like the stem, which the index knows (companies,
# 'compani', compan-). Words are small letters alone, so these are those from the beginning itself to one that ends in
# many a z: the index of words finds them in a block or two, that of their trigrams in twenty. OFFSET has the stem
# worked out once.
_PAGES_OF_WORD = """
    (SELECT coalesce(sum(pages), 0) AS pages, coalesce(sum(titles), 0) AS titles
    FROM (SELECT coalesce(rtrim((tsvector_to_array(to_tsvector('english', %s)))[1], 'i'), %s) AS stem OFFSET 0) asked
    JOIN partners_searchword ON word BETWEEN stem AND rpad(stem, 40, 'z')) {name}"""
_ENTRIES = "(SELECT reltuples FROM pg_class WHERE oid = 'partners_searchentry'::regclass) entries"
# Words as `indexing` counts them.
_COUNTED = re.compile(r"[a-z]{4,40}")


def known(query: SearchQuery, *, any_term: bool) -> tuple[str, list[str]]:
    """Return the part of a WITH, and its parameters, that says what is known of the words of a query; "" for no words.

    That they are common may be wrong, which costs time alone: of words with digits it is taken for granted that they
    are not; of Chinese, and short words, nothing is known, and so they are, and in more than a few titles. That each
    word stands in some page is never wrong. Otherwise the index would collect what the others stand in, window after
    window, for one that was mistyped.
    """
    counted = {f"word_{number}": word for number, word in enumerate(query.words) if _COUNTED.fullmatch(word)}
    with_digits = [word for word in query.words if any(character.isdigit() for character in word)]
    others = len(query.words) - len(counted) - len(with_digits) + len(query.runs)
    if not counted and not with_digits:
        return "", []
    possible = [_IS_POSSIBLE.format(name=name, query=query.of_word(word)[0]) for name, word in counted.items()]
    which = "greatest" if any_term else "least"
    common, common_in_titles = (
        f"{which}({', '.join(f'{name}.{column}' for name in counted)}) * {rare} > reltuples" if counted else "false"
        for column, rare in (("pages", RARE), ("titles", RARE_IN_TITLES))
    )
    if any_term:
        possible = []
        if others:
            common = common_in_titles = "true"
    elif with_digits:
        common = common_in_titles = "false"
    is_all = not others and not with_digits
    known = _KNOWN.format(
        possible=" AND ".join(possible) or "true",
        common=common,
        common_in_titles=common_in_titles,
        # The index collects what each of them stands in.
        in_few_titles=f"{' + '.join(f'{name}.titles' for name in counted)} <= {FEW_TITLES}" if is_all else "false",
        counts=", ".join([*(_PAGES_OF_WORD.format(name=name) for name in counted), _ENTRIES]),
    )
    terms = [query.of_word(word)[1] for word in counted.values() for _twice in range(2)] if possible else []
    return known, [*terms, *(word for word in counted.values() for _twice in range(2))]
