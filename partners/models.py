"""Django's index of the models, which live in the packages beside this file."""

from partners.articles.article_count import ArticleCount, CountDoubt, CountedArticle
from partners.articles.article_page import PartnerArticlePage
from partners.articles.latest_page import LatestPostsPage
from partners.articles.partner_campaign import PartnerCampaign
from partners.articles.partner_page import PartnerIndexPage, PartnerPage
from partners.articles.reads import ArticleReads
from partners.articles.share.share_image import ShareImage
from partners.articles.topics import Topic
from partners.brochures.brochure import Brochure, BrochureFile
from partners.brochures.consent_message import ConsentConfirmation
from partners.brochures.consent_record import ConsentEvent, ConsentRecord
from partners.brochures.consent_suppression import Suppression
from partners.brochures.consent_wording import ConsentWording
from partners.brochures.correction import AddressCorrection
from partners.brochures.downloads import BrochureDownload
from partners.brochures.forgetting_run import ForgettingRun
from partners.brochures.limits import Allowance
from partners.brochures.link import BrochureLink
from partners.brochures.message import BrochureMessage
from partners.brochures.request_fields import RequestField
from partners.brochures.request_page import BrochureRequestPage
from partners.brochures.staff_notice import StaffNotice, StaffRecipient
from partners.brochures.submission import Submission
from partners.delivery.admin_mail import AdminMail
from partners.delivery.attempt import DeliveryAttempt
from partners.delivery.event import DeliveryEvent
from partners.delivery.heartbeat import Heartbeat
from partners.delivery.message import OutgoingMessage
from partners.handover.api_token import ApiToken
from partners.handover.endpoint import WebhookEndpoint
from partners.handover.webhook_delivery import WebhookAttempt, WebhookDelivery
from partners.letters.letter_text import LetterText
from partners.letters.trial import LetterTrial
from partners.reports.bounce_alarm import BounceAlarm
from partners.reports.daily_count import CountedDay, DailyCount
from partners.search.entry import SearchDue, SearchEntry, SearchTitle, SearchWord
from partners.submissions.access_log import AccessRecord
from partners.submissions.bulk.run import BulkRun
from partners.submissions.desk_columns import DeskColumns
from partners.submissions.exporting.export import RequestExport
from partners.submissions.exporting.exported import ExportedBatch
from partners.submissions.note import SubmissionNote
from partners.submissions.partner_viewer import PartnerViewer
from partners.submissions.saved_filter import SavedFilter
from partners.submissions.staff_digest import StaffDigest, StaffDigestMessage

__all__ = [
    "AccessRecord",
    "AddressCorrection",
    "AdminMail",
    "Allowance",
    "ApiToken",
    "ArticleCount",
    "ArticleReads",
    "BounceAlarm",
    "Brochure",
    "BrochureDownload",
    "BrochureFile",
    "BrochureLink",
    "BrochureMessage",
    "BrochureRequestPage",
    "BulkRun",
    "ConsentConfirmation",
    "ConsentEvent",
    "ConsentRecord",
    "ConsentWording",
    "CountDoubt",
    "CountedArticle",
    "CountedDay",
    "DailyCount",
    "DeliveryAttempt",
    "DeliveryEvent",
    "DeskColumns",
    "ExportedBatch",
    "ForgettingRun",
    "Heartbeat",
    "LatestPostsPage",
    "LetterText",
    "LetterTrial",
    "OutgoingMessage",
    "PartnerArticlePage",
    "PartnerCampaign",
    "PartnerIndexPage",
    "PartnerPage",
    "PartnerViewer",
    "RequestExport",
    "RequestField",
    "SavedFilter",
    "SearchDue",
    "SearchEntry",
    "SearchTitle",
    "SearchWord",
    "ShareImage",
    "StaffDigest",
    "StaffDigestMessage",
    "StaffNotice",
    "StaffRecipient",
    "Submission",
    "SubmissionNote",
    "Suppression",
    "Topic",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
]
