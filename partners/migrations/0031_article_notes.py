"""Notes below an article's text, as a block of its body."""

import wagtail.fields
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0030_pages_by_address"),
    ]

    operations = [
        migrations.AlterField(
            model_name="partnerarticlepage",
            name="body",
            field=wagtail.fields.StreamField(
                [
                    ("paragraph", 0),
                    ("heading", 3),
                    ("quote", 7),
                    ("image", 10),
                    ("table", 16),
                    ("embed", 19),
                    ("fact_box", 22),
                    ("call_to_action", 26),
                    ("notes", 27),
                ],
                block_lookup={
                    0: (
                        "wagtail.blocks.RichTextBlock",
                        (),
                        {
                            "features": ["bold", "italic", "link", "ol", "ul"],
                            "icon": "pilcrow",
                            "label": "Paragraph",
                            "template": "partners/blocks/paragraph.html",
                        },
                    ),
                    1: ("wagtail.blocks.CharBlock", (), {"label": "Text", "max_length": 160}),
                    2: (
                        "wagtail.blocks.ChoiceBlock",
                        [],
                        {"choices": [("2", "Section"), ("3", "Sub-section")], "label": "Level"},
                    ),
                    3: ("wagtail.blocks.StructBlock", [[("text", 1), ("level", 2)]], {}),
                    4: (
                        "wagtail.blocks.TextBlock",
                        (),
                        {"help_text": "Without quotation marks; the page sets them.", "label": "Words"},
                    ),
                    5: ("wagtail.blocks.CharBlock", (), {"label": "Who said it", "max_length": 160}),
                    6: ("wagtail.blocks.CharBlock", (), {"label": "Role", "max_length": 160, "required": False}),
                    7: ("wagtail.blocks.StructBlock", [[("text", 4), ("attribution", 5), ("role", 6)]], {}),
                    8: ("wagtail.images.blocks.ImageBlock", [], {"label": "Image"}),
                    9: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {"label": "Caption and credit", "max_length": 300, "required": False},
                    ),
                    10: ("wagtail.blocks.StructBlock", [[("image", 8), ("caption", 9)]], {}),
                    11: ("wagtail.blocks.CharBlock", (), {"label": "Caption", "max_length": 300}),
                    12: ("wagtail.blocks.CharBlock", (), {"label": "Text", "required": False}),
                    13: ("wagtail.blocks.CharBlock", (), {"label": "Number", "required": False}),
                    14: (
                        "wagtail.blocks.RichTextBlock",
                        (),
                        {"features": ["bold", "italic", "link"], "label": "Rich text", "required": False},
                    ),
                    15: (
                        "wagtail.contrib.typed_table_block.blocks.TypedTableBlock",
                        [[("text", 12), ("number", 13), ("rich_text", 14)]],
                        {"label": "Table"},
                    ),
                    16: ("wagtail.blocks.StructBlock", [[("caption", 11), ("table", 15)]], {}),
                    17: (
                        "wagtail.embeds.blocks.EmbedBlock",
                        (),
                        {"help_text": "YouTube, Vimeo or Bilibili.", "label": "Address of the video's page"},
                    ),
                    18: ("wagtail.blocks.CharBlock", (), {"label": "Title", "max_length": 200}),
                    19: ("wagtail.blocks.StructBlock", [[("video", 17), ("title", 18)]], {}),
                    20: ("wagtail.blocks.CharBlock", (), {"label": "Title", "max_length": 120}),
                    21: (
                        "wagtail.blocks.RichTextBlock",
                        (),
                        {"features": ["bold", "italic", "link", "ol", "ul"], "label": "Facts"},
                    ),
                    22: ("wagtail.blocks.StructBlock", [[("title", 20), ("text", 21)]], {}),
                    23: ("wagtail.blocks.CharBlock", (), {"label": "Heading", "max_length": 120}),
                    24: ("wagtail.blocks.TextBlock", (), {"label": "Text", "required": False}),
                    25: ("wagtail.blocks.PageChooserBlock", (), {"required": True}),
                    26: ("wagtail.blocks.StructBlock", [[("heading", 23), ("text", 24), ("offer", 25)]], {}),
                    27: ("partners.articles.notes.NotesBlock", (), {}),
                },
                verbose_name="body",
            ),
        ),
    ]
