"""What do our letters say in Traditional Chinese, as it is written in Hong Kong?"""

from partners.letters.kinds import LetterKind
from partners.letters.words import FixedWords, Language, ShippedText

_FONTS = "PingFang HK, PingFang TC, Microsoft JhengHei, Noto Sans HK, Noto Sans CJK HK, Noto Sans TC, Arial, sans-serif"
_IS_YOURS = (
    "<p>連結有效至 {expires}，只供你本人使用：任何人取得連結，都可以開啟這份宣傳冊。</p>"
    "<p>你的參考編號是 {reference}，與我們聯絡時請註明。</p>"
)

LANGUAGE = Language(
    fonts=_FONTS,
    heading_fonts=_FONTS,
    fixed=FixedWords(
        reader="讀者",
        colon="：",
        trial="測試",
        fallback="如果按鈕未能開啟，請把以下網址複製到瀏覽器：",
        attached="宣傳冊亦已附在本郵件內。",
        too_large="宣傳冊的檔案太大，未能附在郵件內。",
        article_lead="你是在閱讀以下文章時索取的：",
        about_article="{label} · {sponsor}：《{article}》",
        questions="有疑問？請直接回覆本郵件，或寫信至 {desk}。",
        privacy="我們如何處理你的資料",
        consents="你的資料與同意事項",
        reasons={
            LetterKind.BROCHURE: "你收到這封郵件，是因為有人用你的電郵地址索取了這份宣傳冊。如非你本人所為，毋須理會。",
            LetterKind.FRESH_LINK: "你收到這封郵件，是因為有人在你的舊連結頁面按了「重新寄出連結」。"
            "如非你本人所為，毋須理會。",
            LetterKind.CONSENT_CONFIRMATION: "你收到這封郵件，是因為有人用你的電郵地址勾選了願意收到我們的消息。"
            "如非你本人所為，毋須理會，我們不會寄出任何消息。",
            LetterKind.STAFF_NOTICE: "你收到這封郵件，是因為你的地址列於這份表格的通知名單。編輯可在表格頁面更改名單。",
            LetterKind.STAFF_DIGEST: "你收到這封郵件，是因為你的地址列於表格的通知名單；沒有事情的日子不會寄出。"
            "編輯可在表格頁面更改名單。",
        },
        facts={
            "reference": "參考編號",
            "ticked": "你勾選的是",
            "form": "表格",
            "brochure": "宣傳冊",
            "language": "語言",
            "time": "提交時間",
            "requests": "新索取",
            "failed": "未能送達的郵件",
        },
    ),
    shipped={
        LetterKind.BROCHURE: ShippedText(
            subject="你索取的宣傳冊：{brochure}",
            preheader="按一下即可開啟，有效至 {expires}。",
            heading="{brochure}",
            body="<p>{name}，你好！</p><p>感謝你的索取。宣傳冊已經準備好，歡迎隨時閱讀。</p>",
            button="開啟宣傳冊",
            closing=_IS_YOURS + "<p>祝你閱讀愉快！</p>",
        ),
        LetterKind.FRESH_LINK: ShippedText(
            subject="《{brochure}》的新連結",
            preheader="新連結有效至 {expires}。",
            heading="這是你的新連結",
            body="<p>{name}，你好！</p><p>為了安全，我們的連結過一段時間便會失效。這是《{brochure}》的新連結。</p>",
            button="開啟宣傳冊",
            closing=_IS_YOURS,
        ),
        LetterKind.CONSENT_CONFIRMATION: ShippedText(
            subject="我們可以寫信給你嗎？請確認",
            preheader="在你確認之前，我們不會寄出任何消息。",
            heading="我們可以寫信給你嗎？",
            body="<p>{name}，你好！</p><p>你索取宣傳冊時，勾選了願意收到我們的消息。請確認這是你本人的意思："
            "按下按鈕，便會開啟確認頁面。</p>",
            button="前往確認",
            closing="<p>連結有效至 {expires}。未經你確認，我們不會寄出消息；宣傳冊則無論如何都會寄給你。"
            "你隨時可以改變主意。</p>",
        ),
        LetterKind.STAFF_NOTICE: ShippedText(
            subject="新索取 {reference}：{brochure}",
            preheader="表格「{form}」，{time}",
            heading="有讀者索取宣傳冊",
            body="<p>剛有讀者索取了宣傳冊。姓名和地址只保存在後台，供有權限的同事查閱，不會寫在這封郵件裏。</p>",
            button="在後台查看",
            closing="",
        ),
        LetterKind.STAFF_DIGEST: ShippedText(
            subject="{date}：新索取 {requests} 宗，未能送達 {failed} 封",
            preheader="自上次摘要以來的索取情況。",
            heading="自上次摘要以來的索取",
            body="<p>早晨！以下是經你所負責的表格收到的索取，以及未能送達或遭退回的郵件數目。</p>",
            button="前往後台",
            closing="",
        ),
    },
)
