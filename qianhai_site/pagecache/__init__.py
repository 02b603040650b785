"""How is a page that is the same for everybody answered without rendering it again, and never with what was?

docs/performance.md tells the whole; decision 20 says why it is built so.
"""
