"""What do our letters say in Simplified Chinese, as it is written on the mainland?"""

from partners.letters.kinds import LetterKind
from partners.letters.words import FixedWords, Language, ShippedText

_FONTS = "PingFang SC, Microsoft YaHei, Noto Sans SC, Noto Sans CJK SC, Arial, sans-serif"
_IS_YOURS = (
    "<p>链接有效期至 {expires}，仅供您本人使用：任何人拿到链接，都可以打开这份宣传册。</p>"
    "<p>您的参考编号是 {reference}，与我们联系时请注明。</p>"
)

LANGUAGE = Language(
    fonts=_FONTS,
    heading_fonts=_FONTS,
    fixed=FixedWords(
        reader="读者",
        colon="：",
        trial="测试",
        fallback="如果按钮无法打开，请将以下网址复制到浏览器：",
        attached="宣传册也已作为附件随信发送。",
        too_large="宣传册文件较大，未能作为附件发送。",
        article_lead="您是在阅读以下文章时索取的：",
        about_article="{label} · {sponsor}：《{article}》",
        questions="有疑问？请直接回复本邮件，或写信至 {desk}。",
        privacy="我们如何处理您的数据",
        consents="您的数据与同意事项",
        reasons={
            LetterKind.BROCHURE: "您收到这封邮件，是因为有人用您的邮箱地址索取了这份宣传册。如非您本人操作，无需理会。",
            LetterKind.FRESH_LINK: "您收到这封邮件，是因为有人在您的旧链接页面点击了“重新发送链接”。"
            "如非您本人操作，无需理会。",
            LetterKind.CONSENT_CONFIRMATION: "您收到这封邮件，是因为有人用您的邮箱地址勾选了愿意接收我们的消息。"
            "如非您本人操作，无需理会，我们不会发送任何消息。",
            LetterKind.STAFF_NOTICE: "您收到这封邮件，是因为您的地址列在此表单的通知名单中。编辑可在表单页面更改名单。",
            LetterKind.STAFF_DIGEST: "您收到这封邮件，是因为您的地址列在表单的通知名单中；无事的日子不会发送。"
            "编辑可在表单页面更改名单。",
        },
        facts={
            "reference": "参考编号",
            "ticked": "您勾选的是",
            "form": "表单",
            "brochure": "宣传册",
            "language": "语言",
            "time": "提交时间",
            "requests": "新索取",
            "failed": "未能送达的邮件",
        },
    ),
    shipped={
        LetterKind.BROCHURE: ShippedText(
            subject="您索取的宣传册：{brochure}",
            preheader="点一下即可打开，有效期至 {expires}。",
            heading="{brochure}",
            body="<p>{name}，您好！</p><p>感谢您的索取。宣传册已经准备好，欢迎随时阅读。</p>",
            button="打开宣传册",
            closing=_IS_YOURS + "<p>祝您阅读愉快！</p>",
        ),
        LetterKind.FRESH_LINK: ShippedText(
            subject="《{brochure}》的新链接",
            preheader="新链接有效期至 {expires}。",
            heading="这是您的新链接",
            body="<p>{name}，您好！</p><p>为了安全，我们的链接过一段时间便会失效。这是《{brochure}》的新链接。</p>",
            button="打开宣传册",
            closing=_IS_YOURS,
        ),
        LetterKind.CONSENT_CONFIRMATION: ShippedText(
            subject="我们可以给您写信吗？请确认",
            preheader="在您确认之前，我们不会发送任何消息。",
            heading="我们可以给您写信吗？",
            body="<p>{name}，您好！</p><p>您索取宣传册时，勾选了愿意接收我们的消息。请确认这是您本人的意思："
            "点击按钮，即可打开确认页面。</p>",
            button="前往确认",
            closing="<p>链接有效期至 {expires}。未经您确认，我们不会发送消息；宣传册则无论如何都会发给您。"
            "您随时可以改变主意。</p>",
        ),
        LetterKind.STAFF_NOTICE: ShippedText(
            subject="新索取 {reference}：{brochure}",
            preheader="表单“{form}”，{time}",
            heading="有读者索取宣传册",
            body="<p>刚有读者索取了宣传册。姓名和地址只保存在后台，供有权限的同事查看，不会写在这封邮件里。</p>",
            button="在后台查看",
            closing="",
        ),
        LetterKind.STAFF_DIGEST: ShippedText(
            subject="{date}：新索取 {requests} 份，未能送达 {failed} 封",
            preheader="自上次摘要以来的索取情况。",
            heading="自上次摘要以来的索取",
            body="<p>早上好！以下是通过您负责的表单收到的索取，以及未能送达或被退回的邮件数量。</p>",
            button="前往后台",
            closing="",
        ),
    },
)
