"""What do our letters say in English?"""

from partners.letters.kinds import LetterKind
from partners.letters.words import FixedWords, Language, ShippedText

_IS_YOURS = (
    "<p>The link works until {expires}. It is yours alone: whoever has it can open the brochure.</p>"
    "<p>Your reference is {reference}, should you write to us.</p>"
)

LANGUAGE = Language(
    fonts="Helvetica Neue, Segoe UI, Arial, PingFang HK, Microsoft JhengHei, Noto Sans CJK HK, sans-serif",
    heading_fonts="Georgia, Times New Roman, Songti TC, Noto Serif CJK HK, serif",
    fixed=FixedWords(
        reader="reader",
        colon=": ",
        trial="Test",
        fallback="If the button does not work, copy this address into your browser:",
        attached="The brochure is also attached to this letter.",
        too_large="The brochure is too large for a mailbox, so it is not attached.",
        article_lead="You asked for it while reading:",
        about_article="{label} · {sponsor}: “{article}”",
        questions="Questions? Answer this letter, or write to {desk}.",
        privacy="How we treat your data",
        consents="Your data and consents",
        reasons={
            LetterKind.BROCHURE: "You get this letter because somebody asked for this brochure with your address."
            " If it was not you, you need do nothing.",
            LetterKind.FRESH_LINK: "You get this letter because somebody pressed ‘send me a fresh link’ on an older"
            " link of yours. If it was not you, you need do nothing.",
            LetterKind.CONSENT_CONFIRMATION: "You get this letter because somebody ticked, with your address, that news"
            " from us is welcome. If it was not you, do nothing: no news will come.",
            LetterKind.STAFF_NOTICE: "You get this letter because your address stands among those who are told about"
            " requests through this form. An editor can change that on the form’s page.",
            LetterKind.STAFF_DIGEST: "You get this letter, on days on which something happened, because your address"
            " stands among those who are told about requests. An editor can change that on the forms’ pages.",
        },
        facts={
            "reference": "Reference",
            "ticked": "You ticked",
            "form": "Form",
            "brochure": "Brochure",
            "language": "Language",
            "time": "Sent",
            "requests": "New requests",
            "failed": "Failed letters",
        },
    ),
    shipped={
        LetterKind.BROCHURE: ShippedText(
            subject="Your brochure: {brochure}",
            preheader="Open it with one press of a button, until {expires}.",
            heading="{brochure}",
            body="<p>Dear {name},</p><p>Thank you for asking. Your brochure is here, ready to be read.</p>",
            button="Open the brochure",
            closing=_IS_YOURS + "<p>Enjoy your reading!</p>",
        ),
        LetterKind.FRESH_LINK: ShippedText(
            subject="A fresh link to {brochure}",
            preheader="It opens the brochure until {expires}.",
            heading="Here is your fresh link",
            body="<p>Dear {name},</p><p>Our links run out after a while, to keep them safe. Here is a new one to"
            " “{brochure}”.</p>",
            button="Open the brochure",
            closing=_IS_YOURS,
        ),
        LetterKind.CONSENT_CONFIRMATION: ShippedText(
            subject="May we write to you? Please confirm",
            preheader="Nothing comes from us before you have said yes.",
            heading="May we write to you?",
            body="<p>Dear {name},</p><p>With your request for a brochure you ticked that news from us is welcome."
            " Please tell us that it was really you: the button opens a page where you can say yes.</p>",
            button="Go and confirm",
            closing="<p>The link works until {expires}. Without your yes we send no news, and your brochure comes in"
            " any case. You can change your mind whenever you like.</p>",
        ),
        LetterKind.STAFF_NOTICE: ShippedText(
            subject="New request {reference}: {brochure}",
            preheader="Form “{form}”, {time}",
            heading="A brochure was asked for",
            body="<p>A reader has just asked for a brochure. Name and address are kept at the desk, for those who may"
            " see them there, and are not in this letter.</p>",
            button="See it at the desk",
            closing="",
        ),
        LetterKind.STAFF_DIGEST: ShippedText(
            subject="{date}: {requests} new, {failed} failed",
            preheader="What was asked for since the last digest.",
            heading="Requests since the last digest",
            body="<p>Good morning! This is what came in through your forms, and how many letters failed or came"
            " back.</p>",
            button="Go to the desk",
            closing="",
        ),
    },
)
