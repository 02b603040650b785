"""What do the partners' packages add to Wagtail's admin?"""

from wagtail import hooks
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet

from partners.articles import (
    campaign_admin,
    campaign_turning,
    label_change,
    links_in_text,
    moving,
    refusing,
    scheduled,
    translating,
    translation_buttons,
)
from partners.articles.admin import TopicViewSet
from partners.brochures.admin import BrochureViewSet, keep_requested_brochures
from partners.brochures.consent_admin import wording_viewset
from partners.brochures.submission import Submission
from partners.handover import rights
from partners.handover.api_token import ApiToken
from partners.handover.endpoint import WebhookEndpoint
from partners.handover.token_admin import handover_group
from partners.handover.webhook_delivery import WebhookDelivery
from partners.letters.admin import LetterTextViewSet
from partners.renditions import in_text
from partners.reports import page as figures_page
from partners.submissions import (
    access_log_page,
    audit,
    closed_admin,
    columns_view,
    erase_view,
    forgetting_report,
    mail_page,
    partner_pages,
    person_page,
    saved_filter_views,
)
from partners.submissions.access import SubmissionPolicy
from partners.submissions.bulk import actions as bulk_actions
from partners.submissions.bulk import progress as bulk_progress
from partners.submissions.desk import submission_viewset
from partners.submissions.exporting import views as export_views
from partners.submissions.partner_viewer import partner_right
from partners.submissions.partner_viewer_admin import partner_viewer_viewset

# First: a viewset registers a policy of Wagtail's own for a model that has none yet.
register_permission_policy(Submission, SubmissionPolicy(Submission))
for handed in (WebhookEndpoint, WebhookDelivery, ApiToken):
    register_permission_policy(handed, rights.HandoverPolicy(handed))

register_snippet(BrochureViewSet)
register_snippet(LetterTextViewSet)
register_snippet(TopicViewSet)
register_snippet(campaign_admin.PartnerCampaignViewSet)

hooks.register(
    "register_admin_viewset",
    lambda: [submission_viewset, handover_group, partner_viewer_viewset, wording_viewset],
)
hooks.register("construct_reports_menu", closed_admin.offer_what_is_open, order=100)
hooks.register("register_admin_urls", access_log_page.admin_urls)
# Before those of wagtail-localize, which they replace.
hooks.register("register_admin_urls", translating.admin_urls, order=-1)
hooks.register("before_edit_page", translating.answer_translation_form, order=-1)
translation_buttons.register()
hooks.register("register_admin_urls", export_views.admin_urls)
hooks.register("register_admin_urls", mail_page.admin_urls)
hooks.register("register_admin_urls", partner_pages.admin_urls)
hooks.register("register_admin_menu_item", partner_pages.menu_item)
hooks.register("register_permissions", partner_right)
hooks.register("register_reports_menu_item", access_log_page.menu_item)
hooks.register("register_reports_menu_item", export_views.menu_item)
hooks.register("register_reports_menu_item", mail_page.menu_item)
for page in (person_page, forgetting_report):
    hooks.register("register_admin_urls", page.admin_urls)
    hooks.register("register_reports_menu_item", page.menu_item)
hooks.register("register_admin_urls", erase_view.admin_urls)
hooks.register("register_admin_urls", figures_page.admin_urls)
hooks.register("register_reports_menu_item", figures_page.menu_item)
hooks.register("register_icons", figures_page.register_icons)
hooks.register("construct_homepage_panels", campaign_admin.add_panel)
hooks.register("construct_homepage_panels", figures_page.add_panel)
for part in (erase_view, columns_view, saved_filter_views, bulk_progress):
    hooks.register("register_admin_urls", part.admin_urls)
for bulk_action in bulk_actions.ACTIONS:
    hooks.register("register_bulk_action", bulk_action)
hooks.register("register_log_actions", audit.register_log_actions)
hooks.register("register_log_actions", campaign_turning.register_log_actions)
hooks.register("register_log_actions", label_change.register_log_actions)
hooks.register("register_log_actions", rights.register_log_actions)
hooks.register("register_log_actions", scheduled.register_log_actions)
hooks.register("after_move_page", moving.warn_of_left_behind)
hooks.register("after_bulk_action", moving.warn_of_left_behind_by_many)
hooks.register("before_bulk_action", refusing.refuse_bulk_publication)
hooks.register("before_delete_snippet", campaign_admin.keep_used_campaigns)
hooks.register("before_delete_snippet", keep_requested_brochures)
# After Wagtail's own, which it replaces.
hooks.register("register_rich_text_features", in_text.register, order=100)
hooks.register("register_rich_text_features", links_in_text.register, order=100)
