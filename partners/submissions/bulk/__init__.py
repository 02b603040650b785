"""How is one thing done to many requests?"""
