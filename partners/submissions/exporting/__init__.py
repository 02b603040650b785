"""How do requests leave the desk as a file?"""
