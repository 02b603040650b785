"""Where do a million requests for brochures come from in some minutes? By SQL, of people who do not exist."""

from collections.abc import Callable

from django.db import connection, transaction

REQUESTS_AT_ONCE = 50_000

# A form with eight questions, two of which were renamed later; every fourth reader writes Chinese. Each request has a
# letter and two consents; every tenth hand-over is withdrawn, every second news confirmed.
_STATEMENTS = (
    "DROP TABLE IF EXISTS made",
    """
CREATE TEMPORARY TABLE made ON COMMIT DROP AS SELECT n FROM generate_series(%(first)s, %(last)s) AS n
""",
    """
WITH stored AS (
    INSERT INTO partners_submission (reference, key, form_title, article_title, brochure_title, language, email, name,
        company, answers, campaign, created_at, quarantine_reasons, spam_notes)
    SELECT 'QB-' || lpad(n::text, 9, '0'), gen_random_uuid(), 'Ask for the brochure', 'A port that drives itself',
        'Doing business in Qianhai', CASE n %% 4 WHEN 0 THEN 'zh-hant' ELSE 'en' END,
        'reader' || n || '@mail' || n %% 977 || '.example',
        CASE n %% 4 WHEN 0 THEN '陳大文' || n ELSE 'Reader ' || n END, 'Harbour Works ' || n %% 5000,
        jsonb_build_array(
            jsonb_build_object('key', 'name', 'kind', 'CharField', 'label', 'Your name', 'value', 'Reader ' || n),
            jsonb_build_object('key', 'company', 'kind', 'CharField', 'value', 'Harbour Works ' || n %% 5000,
                'label', CASE WHEN n > %(rows)s / 2 THEN 'Company' ELSE 'Company or school' END),
            jsonb_build_object('key', 'phone', 'kind', 'CharField', 'label', 'Telephone', 'value', '+852 ' || n),
            jsonb_build_object('key', 'country', 'kind', 'CharField', 'label', 'Country', 'value', 'Hong Kong'),
            jsonb_build_object('key', 'goods', 'kind', 'MultipleChoiceField',
                'value', jsonb_build_array('Robots', 'Cranes'),
                'label', CASE WHEN n > %(rows)s / 2 THEN 'What for?' ELSE 'Interests' END),
            jsonb_build_object('key', 'call', 'kind', 'BooleanField', 'label', 'Call me', 'value', n %% 3 = 0),
            jsonb_build_object('key', 'site', 'kind', 'CharField', 'label', 'Website',
                'value', 'https://www.example/' || n),
            jsonb_build_object('key', 'message', 'kind', 'CharField', 'label', 'Message',
                'value', repeat('Quay and yard. ', n %% 9))),
        jsonb_build_object('utm_source', 'newsletter', 'utm_campaign', 'spring-' || n %% 12),
        now() - n * interval '20 seconds', '{}', '{}'
    FROM made
    RETURNING id, email, created_at
), letters AS (
    INSERT INTO partners_outgoingmessage (kind, "to", message_id, state, attempts_count, worker, last_error,
        provider_id, sent_at, closed_at, due_at)
    SELECT 'brochure', email, '<bulk-' || id || '@qianhai.example>', 'sent', 1, '', '', '', created_at, created_at, NULL
    FROM stored
    RETURNING id, message_id
), consents AS (
    INSERT INTO partners_consentrecord (submission_id, purpose, wording_id, language, text, ticked, partner_name)
    SELECT stored.id, wording.purpose, wording.id, 'en', 'We may.', true, 'Tidewater'
    FROM stored JOIN partners_consentwording wording
        ON wording.language = 'en' AND wording.version = 1 AND wording.purpose IN ('news', 'handover')
    RETURNING id, submission_id, purpose
), sent AS (
    INSERT INTO partners_brochuremessage (outgoingmessage_ptr_id, submission_id)
    SELECT id, substr(split_part(message_id, '@', 1), 7)::bigint FROM letters
)
INSERT INTO partners_consentevent (record_id, kind, how)
SELECT id, 'given', 'form' FROM consents
UNION ALL SELECT id, 'confirmed', 'letter' FROM consents WHERE purpose = 'news' AND submission_id %% 2 = 0
UNION ALL SELECT id, 'withdrawn', 'self_service' FROM consents WHERE purpose = 'handover' AND submission_id %% 10 = 0
""",
)


def make_requests(count: int, report: Callable[[int], None]) -> None:
    """Make `count` requests, committed in steps; `report` is told after each how many there are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(max(substr(reference, 4)::bigint), 0) FROM partners_submission"
            " WHERE reference ~ '^QB-[0-9]+$'"
        )
        (before,) = cursor.fetchone()
    done = 0
    while done < count:
        step = min(REQUESTS_AT_ONCE, count - done)
        numbers = {"first": before + done + 1, "last": before + done + step, "rows": before + count}
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in _STATEMENTS:
                cursor.execute(statement, numbers)
        done += step
        report(done)
