"""How are dates written, where Django's own way is not the site's?"""
