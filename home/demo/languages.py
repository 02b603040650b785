"""In which languages is the demo written?"""

LANGUAGES = ("en", "zh-hant", "zh-hans")
