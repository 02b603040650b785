"""In which sizes is a picture shown, who makes them, and what does a page show until they are there?"""
