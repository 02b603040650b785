"""The first wording of each consent in each language, and who may see and add wordings."""

from django.db import migrations

WORDINGS = {
    "news": {
        "en": (
            "I agree that {site} uses my name and e-mail address to send me news by e-mail about Qianhai: new articles, "
            "brochures and events. This counts only once I confirm it through a second letter. I can withdraw it at any "
            "time, free of charge, through the link in every letter."
        ),
        "zh-hant": (
            "本人同意{site}使用本人的姓名及電郵地址，以電郵向本人發送前海的最新資訊，包括新文章、宣傳冊及活動。"
            "本人須透過第二封電郵確認後，此項同意方告生效；本人可隨時透過每封電郵內的連結免費撤回同意。"
        ),
        "zh-hans": (
            "我同意{site}使用我的姓名和电子邮箱，通过电子邮件向我发送前海的最新资讯，包括新文章、宣传册和活动。"
            "此项同意须经我通过第二封邮件确认后才生效；我可以随时通过每封邮件中的链接免费撤回同意。"
        ),
    },
    "handover": {
        "en": (
            "I agree that {site} gives the following data of mine to {partner}: {kinds}. {partner} may use them to "
            "market to me: {goods}. {gain} I can withdraw this at any time, free of charge, through the link in every "
            "letter."
        ),
        "zh-hant": (
            "本人同意{site}將本人的以下個人資料提供予{partner}：{kinds}。{partner}可使用該等資料向本人直接促銷：{goods}。"
            "{gain}本人可隨時透過每封電郵內的連結免費撤回同意。"
        ),
        "zh-hans": (
            "我单独同意{site}将我的以下个人信息提供给{partner}：{kinds}。{partner}可以使用这些信息向我推销：{goods}。"
            "{gain}我可以随时通过每封邮件中的链接免费撤回同意。"
        ),
    },
    "transfer": {
        "en": (
            "I agree that {site} takes the personal data that I enter in this form out of mainland China, and stores and "
            "uses them there to answer my request. I can withdraw this at any time, free of charge, through the link in "
            "every letter."
        ),
        "zh-hant": (
            "本人同意{site}將本人在此表格填寫的個人資料傳輸至中國內地以外，並在當地儲存及使用，以處理本人的索取要求。"
            "本人可隨時透過每封電郵內的連結免費撤回同意。"
        ),
        "zh-hans": (
            "我单独同意{site}将我在本表单中填写的个人信息提供至中国内地以外（境外），并在当地存储和使用，以处理我的索取请求。"
            "我可以随时通过每封邮件中的链接免费撤回同意。"
        ),
    },
}
RIGHTS = {
    "Editors": [("view_consentwording", "Can view consent wording")],
    "Moderators": [
        ("view_consentwording", "Can view consent wording"),
        ("add_consentwording", "Can add consent wording"),
    ],
}


def add_wordings(apps, schema_editor):
    ConsentWording = apps.get_model("partners", "ConsentWording")
    for purpose, texts in WORDINGS.items():
        for language, text in texts.items():
            # There already where the migration was taken back and runs again: a wording is never removed.
            if not ConsentWording.objects.filter(purpose=purpose, language=language, version=1).exists():
                ConsentWording.objects.create(purpose=purpose, language=language, version=1, text=text)


def grant(apps, schema_editor):
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="partners", model="consentwording"
    )
    Permission = apps.get_model("auth", "Permission")
    for group in apps.get_model("auth", "Group").objects.filter(name__in=RIGHTS):
        for codename, name in RIGHTS[group.name]:
            right, _ = Permission.objects.get_or_create(
                content_type=content_type, codename=codename, defaults={"name": name}
            )
            group.permissions.add(right)


def withdraw(apps, schema_editor):
    """Take the rights back; the rows of the permissions themselves are Django's."""
    rights = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="partners", codename__endswith="_consentwording"
    )
    for group in apps.get_model("auth", "Group").objects.filter(name__in=RIGHTS):
        group.permissions.remove(*rights)


class Migration(migrations.Migration):
    dependencies = [("partners", "0007_consent")]
    operations = [
        migrations.RunPython(add_wordings, migrations.RunPython.noop),
        migrations.RunPython(grant, withdraw),
    ]
