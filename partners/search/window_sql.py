"""The parts of the statement that finds the newest pages which answer a query (`windows`); in braces what differs."""

# Where each vector is looked for.
TABLES = {"title_vector": "partners_searchtitle", "vector": "partners_searchentry"}
# What is asked, worked out once: a plan for any values would do so again for each entry that is looked at. Words that
# no index holds ('the') are left out of a query; where none is left, what narrows it would find every page.
ASKED = """
{name} AS MATERIALIZED (
    SELECT CASE WHEN numnode(words) > 0 THEN {query} END AS query FROM (SELECT {words} AS words OFFSET 0) asked
)"""
QUERY = "(SELECT query FROM {name})"
# Which are a partner's, as far as they are read, and whether that is all. An index says so alone, in their order.
ENTRIES = """
narrowed AS MATERIALIZED (
    SELECT page_id, date FROM ({of_each}) found ORDER BY date DESC, page_id DESC LIMIT {most}
),
newest AS MATERIALIZED (SELECT count(*) AS entries FROM narrowed)"""
OF_PARTNER = """
    (SELECT page_id, date FROM partners_searchentry WHERE partner_id = %s
    ORDER BY date DESC, page_id DESC LIMIT {most})"""
# In the order of the entries, which is that of their dates. Not from a part of the statement that all windows share:
# vectors would be copied into it, also those behind the last that is wanted. Here, and in all windows, it is asked of
# what has matched whether it may be read: as many as are wanted are found, however many there are that nobody may read.
READ = """
{name} AS MATERIALIZED ({before}
    (SELECT page_id, date FROM (
        SELECT page_id, date, locale_id, disclosure, topics, {vector} FROM {table}
        ORDER BY date DESC, page_id DESC LIMIT {most} OFFSET {skipped}
    ) found
    WHERE {narrowed} {vector} @@ {query} {conditions} AND {readable} LIMIT {enough})
)"""
# The same of texts that are narrowed: what they are narrowed by lies with the titles as well, twenty in a block.
READ_BY_TITLES = """
{name} AS MATERIALIZED ({before}
    (SELECT page_id, date FROM (
        SELECT page_id, date, locale_id, disclosure, topics FROM partners_searchtitle
        ORDER BY date DESC, page_id DESC LIMIT {most} OFFSET {skipped}
    ) newest CROSS JOIN LATERAL (
        SELECT FROM {table} found
        WHERE found.page_id = newest.page_id AND found.{vector} @@ {query} AND {readable} OFFSET 0
    ) matching
    WHERE {narrowed} true {conditions} LIMIT {enough})
)"""
# Of a partner's, one after the other until there are enough: none behind these is looked at, and none is copied with
# its vectors to be sorted.
READ_NARROWED = """
{name} AS MATERIALIZED (
    SELECT page_id, date FROM (TABLE narrowed ORDER BY date DESC, page_id DESC) newest CROSS JOIN LATERAL (
        SELECT FROM partners_searchentry found
        WHERE found.page_id = newest.page_id AND {narrowed} found.{vector} @@ {query} AND {readable} OFFSET 0
    ) matching
    ORDER BY date DESC, page_id DESC LIMIT {enough}
)"""
MINUS_FOUND = "{enough} - (SELECT count(*) FROM {name})"
IF_LIKELY = "AND (SELECT count(*) FROM {name}) BETWEEN {least} AND {most}"
# Materialized, so that nothing but the index of the vectors can answer: by date, the database would read the vectors of
# thousands of entries.
WINDOW = """
{name} AS MATERIALIZED (
    SELECT found.page_id, found.date FROM {table} found
    WHERE found.{vector} @@ {query} {conditions} AND {readable}
)"""
# A window that is not needed is not looked into; the last one that is holds what the others hold.
ENOUGH = "AND (SELECT count(*) FROM {name}) < {number}"
IF_POSSIBLE = "AND (SELECT is_possible FROM known)"
IF_COMMON = {
    "vector": "AND (SELECT is_common FROM known)",
    "title_vector": "AND (SELECT is_common_in_titles AND NOT is_in_few_titles FROM known)",
}
IF_MANY_TITLES = "AND NOT (SELECT is_in_few_titles FROM known)"
# None is where all that there is to narrow to has been read.
IS_MORE = "AND (SELECT entries FROM newest) = {most}"
# The first window that holds enough; of a partner's, what was read may be all that there is.
PLACE = "(SELECT CASE {cases} ELSE '{last}' END)"
ALSO_READ = "(SELECT CASE WHEN is_common THEN '{both}' ELSE '{place}' END FROM known)"
HOLDS_ENOUGH = "(SELECT count(*) FROM {name}) >= {number}"
HOLDS_ALL = "(SELECT entries FROM newest) < {most}"
NEWEST = """
(SELECT page_id FROM ({windows}) found GROUP BY page_id, date ORDER BY date DESC, page_id DESC LIMIT {limit})
"""
BEGINNINGS = """
SELECT (SELECT date FROM partners_searchentry ORDER BY date DESC, page_id DESC OFFSET place LIMIT 1)
FROM unnest(%s::integer[]) WITH ORDINALITY AS places (place, number) ORDER BY number
"""
